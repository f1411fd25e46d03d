using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Publishing;

namespace Gateway.Load.Server;

/// <summary>The node under load, and what is known of it.</summary>
internal sealed class Target : IDisposable
{
    private readonly Loop _loop;
    private readonly TargetSettings _settings;
    private readonly RedisServer? _redis;
    private readonly IPEndPoint? _redisEndPoint;

    /// <param name="loop">Passes the time while the node starts.</param>
    /// <param name="settings">Which node.</param>
    /// <param name="scenario">Options that the scenario needs; the command line's come after them.</param>
    public Target(Loop loop, TargetSettings settings, params IEnumerable<(string Name, string Value)> scenario)
    {
        (_loop, _settings) = (loop, settings);
        _redis = settings.Redis == "start" ? new RedisServer(loop) : null;
        try
        {
            _redisEndPoint = _redis?.EndPoint ?? (settings.Redis is null ? null : TargetOptions.EndPointOf(new Uri("redis://" + settings.Redis)));
            loop.Observer.WatchNode(Watch);
            if (settings.Url is { } url)
            {
                (EndPoint, Pid) = (TargetOptions.EndPointOf(url), settings.Pid);
                Admin = settings.Admin is null ? null : new AdminApi(settings.Admin);
                return;
            }

            IEnumerable<(string, string)> redis = _redisEndPoint is null ? [] : [("Gateway:Redis:Configuration", _redisEndPoint.ToString())];
            Process = new GatewayProcess(settings.Server ?? GatewayProcess.FindBuilt(), [.. redis, .. PublisherChoice.NodeOptions(settings.Publish), .. scenario, .. settings.Set]);
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
    public ProcessUsage Usage => Pid is { } pid ? ProcessUsage.TryRead(pid) ?? default : default;

    /// <summary>The started node is asked to stop, and may.</summary>
    public bool IsStopping { get; set; }

    /// <summary>The path that clients ask for.</summary>
    public string PathOr(string scenario) => _settings.Url is { AbsolutePath: not "/" } url ? url.AbsolutePath : scenario;

    /// <summary>A publisher to these channels, in the way that was chosen: else by Redis if there is one, else by the admin side.</summary>
    public Publisher Publisher(Loop loop, IEnumerable<string> channels) => (_settings.Publish ?? (_redisEndPoint is null ? PublisherChoice.Http : PublisherChoice.Redis)) switch
    {
        PublisherChoice.Redis when _redisEndPoint is not null => new RedisPublisher(loop, _redisEndPoint, channels.Select(channel => _settings.RedisPrefix + channel)),
        PublisherChoice.Redis => throw new LoadException("Publishing by Redis needs --redis."),
        PublisherChoice.WebSocket => new WebSocketPublisher(loop, EndPoint, channels),
        _ => new AdminPublisher(loop, Admin?.EndPoint ?? throw new LoadException("Publishing needs --redis or --admin."), channels),
    };

    /// <summary>The admin side, for a scenario that cannot do without.</summary>
    public AdminApi RequiredAdmin => Admin ?? throw new LoadException("This scenario needs --admin.");

    public void Dispose()
    {
        _loop.Observer.WatchNode(static () => null);
        Process?.Dispose();
        Admin?.Dispose();
        _redis?.Dispose();
    }

    /// <summary>What its process uses, for the observer.</summary>
    private ProcessUsage? Watch()
    {
        if (Process is { HasExited: true } && !IsStopping)
            throw new NodeEndedException($"The node ended under the load, exit code {Process.ExitCode}:\n{string.Join('\n', Process.Lines.TakeLast(20))}");
        return Pid is { } pid ? ProcessUsage.TryRead(pid) : null;
    }
}
