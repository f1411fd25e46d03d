using System.CommandLine;
using System.Net;
using Gateway.Load.Publishing;

namespace Gateway.Load.Server;

/// <summary>The command line's part that says which node is loaded: one started for the run, or one that runs already.</summary>
internal sealed class TargetOptions
{
    private readonly Option<string?> _server = new("--server") { Description = "Program to start as the node: a .dll, or an executable. Default: src/Gateway's Release build." };
    private readonly Option<string[]> _set = new("--set") { Description = "Option of the started node, such as Gateway:Transport:SendBufferBytes=32768. May be repeated." };
    private readonly Option<string?> _url = new("--url") { Description = "Attach to a running server: ws://127.0.0.1:8080, with a path to use another than the scenario's own." };
    private readonly Option<string?> _admin = new("--admin") { Description = "Its admin side, http://127.0.0.1:8081." };
    private readonly Option<int?> _pid = new("--pid") { Description = "Its process, for CPU time and memory." };
    private readonly Option<string?> _redis = new("--redis") { Description = "Redis of the node: 127.0.0.1:6379, or 'start' to start a redis-server for the run. A started node is connected to it." };
    private readonly Option<string> _redisPrefix = new("--redis-prefix") { Description = "In front of a channel's name in Redis.", DefaultValueFactory = _ => "gateway:ch:" };
    private readonly Option<string?> _publish = new Option<string?>("--publish") { Description = "How publications come: redis, http (the admin side), websocket (a client's publish). Default: redis with --redis, else http." }
        .AcceptOnlyFromAmong(PublisherChoice.Redis, PublisherChoice.Http, PublisherChoice.WebSocket);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _server, _set, _url, _admin, _pid, _redis, _redisPrefix, _publish })
            command.Options.Add(option);
    }

    public TargetSettings Read(ParseResult parsed) => new(
        parsed.GetValue(_server),
        [.. (parsed.GetValue(_set) ?? []).Select(ReadSetting)],
        parsed.GetValue(_url) is { } url ? new Uri(url) : null,
        parsed.GetValue(_admin) is { } admin ? EndPointOf(new Uri(admin)) : null,
        parsed.GetValue(_pid),
        parsed.GetValue(_redis),
        parsed.GetValue(_redisPrefix)!,
        parsed.GetValue(_publish));

    /// <summary>An address on loopback; the load is not for other machines.</summary>
    public static IPEndPoint EndPointOf(Uri uri)
    {
        var host = uri.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(uri.Host, out var address) ? address : IPAddress.None;
        return IPAddress.IsLoopback(host) && host.GetAddressBytes().Length == 4
            ? new IPEndPoint(host, uri.Port)
            : throw new LoadException($"{uri}: only 127.0.0.0/8 is loaded.");
    }

    private static (string Name, string Value) ReadSetting(string text) =>
        text.Split('=', 2) is [var name, var value] ? (name, value) : throw new LoadException($"--set {text}: expected name=value.");
}

/// <summary>What the command line says about the node.</summary>
internal sealed record TargetSettings(
    string? Server,
    IReadOnlyList<(string Name, string Value)> Set,
    Uri? Url,
    IPEndPoint? Admin,
    int? Pid,
    string? Redis,
    string RedisPrefix,
    string? Publish);
