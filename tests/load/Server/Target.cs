using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Publishing;

namespace Gateway.Load.Server;

/// <summary>The node under load, and what is known of it.</summary>
internal sealed class Target : IDisposable
{
    private readonly TargetSettings _settings;
    private readonly RedisServer? _redis;
    private readonly IPEndPoint? _redisEndPoint;

    /// <param name="loop">Passes the time while the node starts.</param>
    /// <param name="settings">Which node.</param>
    /// <param name="scenario">Options that the scenario needs; the command line's come after them.</param>
    public Target(Loop loop, TargetSettings settings, params IEnumerable<(string Name, string Value)> scenario)
    {
        _settings = settings;
        _redis = settings.Redis == "start" ? new RedisServer(loop) : null;
        try
        {
            _redisEndPoint = _redis?.EndPoint ?? (settings.Redis is null ? null : TargetOptions.EndPointOf(new Uri("redis://" + settings.Redis)));
            if (settings.Url is { } url)
            {
                (EndPoint, Pid) = (TargetOptions.EndPointOf(url), settings.Pid);
                Admin = settings.Admin is null ? null : new AdminApi(settings.Admin);
                return;
            }

            IEnumerable<(string, string)> redis = _redisEndPoint is null ? [] : [("Gateway:Redis:Configuration", _redisEndPoint.ToString())];
            Process = new GatewayProcess(settings.Server ?? GatewayProcess.FindBuilt(), [.. redis, .. scenario, .. settings.Set]);
            Admin = new AdminApi(Process.WaitForAdmin(loop));
            EndPoint = Admin.WaitForEndPoint(loop);
            Pid = Process.Id;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IPEndPoint EndPoint { get; } = null!;

    /// <summary>Null: not known.</summary>
    public AdminApi? Admin { get; }

    /// <summary>Null: not known.</summary>
    public int? Pid { get; }

    /// <summary>Null: it was running already.</summary>
    public GatewayProcess? Process { get; }

    /// <summary>What it has used until now; zeros when its process is not known.</summary>
    public ProcessUsage Usage => Pid is { } pid ? ProcessUsage.Read(pid) : default;

    /// <summary>The path that clients ask for.</summary>
    public string PathOr(string scenario) => _settings.Url is { AbsolutePath: not "/" } url ? url.AbsolutePath : scenario;

    /// <summary>A publisher to these channels, by Redis if there is one.</summary>
    public Publisher Publisher(Loop loop, IEnumerable<string> channels) =>
        _redisEndPoint is not null ? new RedisPublisher(loop, _redisEndPoint, channels.Select(channel => _settings.RedisPrefix + channel))
        : Admin is not null ? new AdminPublisher(loop, Admin.EndPoint, channels)
        : throw new LoadException("Publishing needs --redis or --admin.");

    /// <summary>The admin side, for a scenario that cannot do without.</summary>
    public AdminApi RequiredAdmin => Admin ?? throw new LoadException("This scenario needs --admin.");

    public void Dispose()
    {
        Process?.Dispose();
        Admin?.Dispose();
        _redis?.Dispose();
    }
}
