namespace Gateway.Core.Telemetry;

/// <summary>A tag of an instrument.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">All values it may have; empty: the configuration bounds them, see <paramref name="Meaning"/>.</param>
/// <param name="Meaning">What stands there where no values are listed.</param>
public sealed record MetricLabel(string Name, IReadOnlyList<string> Values, string Meaning = "");

/// <summary>The closed sets of the instruments' tags: never a channel, a user or an address.</summary>
public static class MetricLabels
{
    private static readonly MetricLabel Direction = new("direction", ["received", "sent"]);
    private static readonly MetricLabel Protocol = new("protocol", [.. ClientProtocols.Labels[1..], "other", "none"]);
    private static readonly MetricLabel TrafficProtocol = new("protocol", ClientProtocols.Labels);
    private static readonly MetricLabel Kind = new("kind", ["text", "binary", "ping", "pong", "close"]);

    private static readonly Dictionary<string, MetricLabel[]> Labels = new()
    {
        ["gateway.accept.errors"] = [new("tier", ["peer", "pressure", "fatal"])],
        ["gateway.admissions"] =
        [
            new("result",
            [
                "anonymous", "token", "no_token", "several_tokens", "origin", "malformed", "signature", "expired", "not_yet_valid", "issuer", "audience", "claims", "revoked",
                "unavailable",
            ]),
        ],
        ["gateway.announcements"] = [new("result", ["ok", "failed"])],
        ["gateway.admin.connections.closed"] = [new("why", ["replaced", "refused"])],
        ["gateway.authorizer.answers"] = [new("result", ["allowed", "denied", "failed", "timeout", "cut_off", "no_place"])],
        ["gateway.authorizer.cache"] = [new("result", ["hit", "joined", "asked"])],
        ["gateway.broker.errors"] = [new("operation", ["subscribe", "publish", "envelope", "reply", "probe"])],
        ["gateway.buffers.rented"] = [new("pool", ["blocks", "buffers", "socket_args", "queues", "publications", "deflate", "inflate"])],
        ["gateway.closes"] =
        [
            new("reason",
            [
                "normal", "client", "connection_lost", "moved", "service_restart", "try_again_later", "unauthorized", "disconnected", "token_expired", "heartbeat_timeout", "message_timeout", "slow_consumer", "rate_limit",
                "bad_request", "unsupported_data", "invalid_data", "message_too_big", "policy_violation", "protocol_error", "internal_error", "refused", "page", "health", "no_request",
                "forbidden",
            ]),
            Protocol,
        ],
        ["gateway.publications.headers_unread"] = [new("result", ["malformed", "newer_version"])],
        ["gateway.envelopes"] = [new("result", ["published", "disconnected", "not_here", "revoked", "answered", "own_question", "busy", "malformed", "newer_version", "unknown_operation"])],
        ["gateway.compression.messages"] = [Direction],
        ["gateway.compression.original"] = [Direction],
        ["gateway.compression.compressed"] = [Direction],
        ["gateway.connections"] = [new("state", ["handshaking", "admitting", "open", "closing", "closed"]), Protocol],
        ["gateway.deliveries.dropped"] = [new("reason", ["too_large", "inbox_full", "slow_consumer", "connection_ended", "memory", "drop_oldest", "drop_newest"])],
        ["gateway.departures"] = [new("reason", ["drain", "rebalance", "max_age"])],
        ["gateway.faults"] = [new("part", ["connection", "transport", "shard", "drain", "cluster", "access", "clock", "memory", "tls"])],
        ["gateway.files.unusable"] = [new("part", [.. UnusableFiles.Parts])],
        ["gateway.handshakes"] =
            [new("result", ["accepted", "page", "health", "400", "401", "403", "404", "405", "408", "414", "421", "426", "429", "431", "503", "other"])],
        ["gateway.limits.reached"] = [new("limit", [.. Limits.All.Select(Limits.Label)])],
        ["gateway.memory.kept"] = [new("pool", ["blocks", "buffers", "socket_args", "queues", "publications", "deflate", "inflate", "shards"])],
        ["gateway.messages.received"] = [TrafficProtocol, Kind],
        ["gateway.messages.received.size"] = [TrafficProtocol, Kind],
        ["gateway.messages.sent"] = [TrafficProtocol, Kind],
        ["gateway.messages.sent.size"] = [TrafficProtocol, Kind],
        ["gateway.nodes"] = [new("state", ["ready", "unready", "draining", "other"])],
        ["gateway.proxy_protocol.refusals"] = [new("reason", ["untrusted", "missing", "malformed", "too_long", "checksum"])],
        ["gateway.publications"] = [new("source", ["api", "client"]), new("result", ["ok", "unavailable", "refused"])],
        ["gateway.publications.received"] = [new("source", ["channel", "envelope"])],
        ["gateway.refusals"] = [new("how", ["answered", "reset"])],
        ["gateway.rules.reloads"] = [new("result", ["loaded", "unchanged", "failed"])],
        ["gateway.telemetry.export.errors"] = [new("signal", ["traces", "metrics"])],
        ["gateway.tls.certificate.expiry"] = [new("endpoint", [], "the endpoint's option"), new("certificate", [], "`own`, or the index of a further one")],
        ["gateway.tls.handshakes"] = [new("result", ["completed", "failed", "closed", "timeout", "not_tls", "refused", "displaced"]), new("version", ["1.2", "1.3", "none"])],
        ["gateway.tls.reloads"] = [new("result", ["loaded", "failed"])],
        ["gateway.token.keys.reloads"] = [new("source", ["files", "jwks"]), new("result", ["loaded", "failed"])],
        ["gateway.token.refreshes"] = [new("result", ["ok", "unauthorized", "forbidden", "unavailable", "rate_limited"])],
    };

    /// <summary>An instrument's tags, in their order; none where it is not listed.</summary>
    public static MetricLabel[] Of(string instrument) => Labels.GetValueOrDefault(instrument, []);

    /// <summary>The tags of all series of an instrument, of its closed sets.</summary>
    internal static IEnumerable<KeyValuePair<string, object?>[]> Series(string instrument) => Of(instrument).Aggregate(
        (IEnumerable<KeyValuePair<string, object?>[]>)[[]],
        static (series, label) => series.SelectMany(_ => label.Values, (tags, value) => (KeyValuePair<string, object?>[])[.. tags, new(label.Name, value)]));
}
