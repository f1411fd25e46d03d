using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Protocols.Echo;
using Gateway.Core.Protocols.Json;
using Gateway.Core.Protocols.Plain;

namespace Gateway.Core.Protocols;

/// <summary>Which path leads to which client protocol.</summary>
internal sealed class ProtocolRoutes(GatewayOptions options, IChannels channels, string node) : IProtocolSelector
{
    private const string PlainPrefix = "/plain/";

    private readonly HostPolicy _hosts = new(options.Auth);
    private readonly JsonProtocol _json = new(channels, node, options.Heartbeat);
    private readonly PlainProtocol _plain = new(channels);
    private readonly EchoProtocol _echo = new();

    public ProtocolMatch Select(UpgradeRequest request)
    {
        // Before all else: what is here is the business of those who know where they are.
        if (!_hosts.Allows(request.Host))
            return ProtocolMatch.Refuse(Refusal.MisdirectedRequest);
        return EndpointPath.Below(request.Path, options.BasePath) switch
        {
            "" or "/ws" => ProtocolMatch.Of(_json, JsonProtocol.Subprotocol(request.Subprotocols)),
            "/echo" when options.Echo.Enabled => ProtocolMatch.Of(_echo),
            "/echo" => ProtocolMatch.Refuse(404, "The echo endpoint is off; Gateway:Echo:Enabled turns it on."),
            { } path when path.StartsWith(PlainPrefix, StringComparison.Ordinal) => SelectPlain(path[PlainPrefix.Length..]),
            _ => NotFound(request.Path),
        };
    }

    /// <summary>Whether a WebSocket can be opened at this path, if all else in the request is right.</summary>
    public bool Serves(string path) => EndpointPath.Below(path, options.BasePath) switch
    {
        "" or "/ws" => true,
        "/echo" => options.Echo.Enabled,
        var below => below?.StartsWith(PlainPrefix, StringComparison.Ordinal) ?? false,
    };

    private ProtocolMatch SelectPlain(string list)
    {
        if (PlainPath.TryParse(list, options.Limits.MaxSubscriptions, out var names, out var isTooLong))
            return ProtocolMatch.Of(_plain, state: new PlainWish(names));
        return isTooLong
            ? ProtocolMatch.Refuse(400, "The path names more channels than a connection may subscribe to.")
            : ProtocolMatch.Refuse(400, "The path names no valid channel: /plain/<channel>[,<channel>...], each percent-encoded.");
    }

    private static ProtocolMatch NotFound(string path) =>
        ProtocolMatch.Refuse(404, path.Length > 64 ? "There is no such endpoint." : $"There is no endpoint {path}; try / or /plain/<channel>.");
}
