using Gateway.Admin;
using Gateway.Auth;
using Gateway.Auth.Authorizer;
using Gateway.Auth.SubscriptionTokens;
using Gateway.Core.Options;
using Gateway.Redis;
using Gateway.Telemetry;

namespace Gateway.Configuration;

/// <summary>
/// Every option there is, in the order of <c>--help</c>. Each class stands here by name, since a trimmed program keeps only the
/// properties of types that are named; a test fails when one is missing.
/// </summary>
internal static class OptionCatalog
{
    /// <summary>The configuration section that everything of ours is under.</summary>
    public const string Root = "Gateway";

    /// <summary>The option classes.</summary>
    public static IReadOnlyList<OptionSection> Sections { get; } =
    [
        OptionSection.Of<EndpointOptions>("Gateway:Endpoints:*", "Client endpoints; more by index. Without any, one on [::]:8080."),
        OptionSection.Of<EndpointTlsOptions>("Gateway:Endpoints:*:Tls", "TLS on an endpoint; without a certificate it is plain."),
        OptionSection.Of<NamedCertificateOptions>("Gateway:Endpoints:*:Tls:Certificates:*", "Further certificates of a TLS endpoint, chosen by the host name that the client asks for."),
        OptionSection.Of<GatewayOptions>("Gateway", "Client paths, and the proxies in front of them."),
        OptionSection.Of<AdminOptions>("Gateway:Admin", "The admin side: health, metrics, API, console. Never exposed to clients."),
        OptionSection.Of<RedisOptions>("Gateway:Redis", "What relays between nodes, and from backends. Without a configuration the node runs alone."),
        OptionSection.Of<NodeOptions>("Gateway:Node", "This node's identity."),
        OptionSection.Of<AuthOptions>("Gateway:Auth", "Who may connect. See [Who may connect](#who-may-connect)."),
        OptionSection.Of<JwtOptions>("Gateway:Auth:Jwt", "The keys that check clients' tokens, and what tokens must say. Any of the four sources of keys, or several."),
        OptionSection.Of<MemoryOptions>("Gateway:Memory", "How the node keeps within its memory: it gives up the largest backlogs, then refuses clients, then publications."),
        OptionSection.Of<RuleOptions>("Gateway:Rules:*", "Who may subscribe and publish where; the first pattern that matches decides. Without any: '*', anyone subscribes, nobody publishes."),
        OptionSection.Of<SubscriptionTokenOptions>("Gateway:Auth:SubscriptionTokens", "The key of subscription tokens, for rules with 'token'. See [Who may do what](#who-may-do-what)."),
        OptionSection.Of<AuthorizerOptions>("Gateway:Authorizer", "The backend that is asked, for rules with 'authorizer'. See [Who may do what](#who-may-do-what)."),
        OptionSection.Of<LimitOptions>("Gateway:Limits", "What one client, and all of them together, may use."),
        OptionSection.Of<TlsOptions>("Gateway:Tls", "What all TLS endpoints share."),
        OptionSection.Of<HttpOptions>("Gateway:Http", "Plain HTTP on the client endpoints."),
        OptionSection.Of<HandshakeOptions>("Gateway:Handshake", "Bounds of the HTTP request that opens a connection."),
        OptionSection.Of<HeartbeatOptions>("Gateway:Heartbeat", "How dead peers are found."),
        OptionSection.Of<TransportOptions>("Gateway:Transport", "How the node treats sockets."),
        OptionSection.Of<CompressionOptions>("Gateway:Compression", "permessage-deflate (RFC 7692), for clients that offer it."),
        OptionSection.Of<ChannelOptions>("Gateway:Channels", "Shards and the channel directory."),
        OptionSection.Of<EchoOptions>("Gateway:Echo", "The echo protocol."),
        OptionSection.Of<DrainOptions>("Gateway:Drain", "A good stop: clients go to the other nodes at a rate that those can take. See [Stopping](#stopping)."),
        OptionSection.Of<ClusterOptions>("Gateway:Cluster", "What nodes tell each other, through Redis."),
        OptionSection.Of<RebalanceOptions>("Gateway:Rebalance", "Clients move although their node stays. See [Rebalancing](#rebalancing)."),
        OptionSection.Of<TelemetryOptions>("Gateway:Telemetry", "What the node tells of its work; its options are those of the sections below."),
        OptionSection.Of<OtlpOptions>("Gateway:Telemetry:Otlp", "Traces and metrics for an OpenTelemetry collector. See [Tracing](#tracing)."),
        OptionSection.Of<TracingOptions>("Gateway:Telemetry:Tracing", "Which publications are traced, beside those that a traceparent asks for. See [Tracing](#tracing)."),
    ];

    /// <summary>All options.</summary>
    public static IEnumerable<OptionDescription> Options => Sections.SelectMany(section => section.Options);
}
