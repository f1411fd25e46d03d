using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;

#pragma warning disable CS1591 // An option's [Description] is its documentation: --help prints it and docs/operations.md repeats it.

namespace Gateway.Core.Options;

/// <summary>Everything the engine can be told, bound from the configuration section <c>Gateway</c>. Times are <see cref="TimeSpan"/>s, sizes are bytes.</summary>
public sealed class GatewayOptions
{
    [Description("Client endpoints. Without any, one on [::]:8080.")]
    public IList<EndpointOptions> Endpoints { get; } = [];

    [Description("Path in front of every client path, for proxies that do not strip it, such as /realtime. Empty: none.")]
    [RegularExpression("^(/[A-Za-z0-9._~-]+)*$", ErrorMessage = "must be empty or start with '/' and not end with one, such as /realtime")]
    public string BasePath { get; set; } = "";

    [Description("Networks (CIDR) of the proxies whose word about a client's address is taken: by the PROXY protocol, and by the header of Gateway:ForwardedHeader. Name only proxies that overwrite or append to what clients send.")]
    [Network]
    public IList<string> TrustedProxies { get; } = [];

    [Description("The header in which trusted proxies name the client: x-forwarded-for, forwarded (RFC 7239), either, none. Name the one your proxies write. With either, two headers that disagree are both ignored, since a client can send the one that its proxy does not know.")]
    public ForwardedHeader ForwardedHeader { get; set; } = ForwardedHeader.Either;

    public HttpOptions Http { get; set; } = new();

    public TransportOptions Transport { get; set; } = new();

    public TlsOptions Tls { get; set; } = new();

    public HandshakeOptions Handshake { get; set; } = new();

    public HeartbeatOptions Heartbeat { get; set; } = new();

    public LimitOptions Limits { get; set; } = new();

    public MemoryOptions Memory { get; set; } = new();

    public CompressionOptions Compression { get; set; } = new();

    public ChannelOptions Channels { get; set; } = new();

    public EchoOptions Echo { get; set; } = new();

    public AuthOptions Auth { get; set; } = new();

    [Description("Who may subscribe and publish to which channels; the first pattern that matches decides. Without any: '*', anyone subscribes, nobody publishes.")]
    public IList<RuleOptions> Rules { get; } = [];

    public NodeOptions Node { get; set; } = new();

    public DrainOptions Drain { get; set; } = new();

    public ClusterOptions Cluster { get; set; } = new();

    public RebalanceOptions Rebalance { get; set; } = new();

    public TelemetryOptions Telemetry { get; set; } = new();
}

/// <summary>One address that clients connect to.</summary>
public sealed class EndpointOptions
{
    /// <summary>Where a node listens when nothing is configured.</summary>
    public const string DefaultAddress = "[::]:8080";

    [Description("IP address and port. [::] takes IPv4 as well, and nothing else where the kernel has no IPv6; port 0 takes a free one.")]
    [Required]
    public string Address { get; set; } = DefaultAddress;

    public EndpointTlsOptions Tls { get; set; } = new();

    [Description("Every connection begins with a PROXY protocol header, version 1 or 2, and comes from one of Gateway:TrustedProxies; others are refused.")]
    public bool ProxyProtocol { get; set; }
}

/// <summary>Plain HTTP on the client endpoints.</summary>
public sealed class HttpOptions
{
    [Description("Answers GET / with a page that says what this is and how to connect, for people who open the address in a browser. Off: 426.")]
    public bool WelcomePage { get; set; } = true;

    [Description("Answers GET /healthz with 200 while the node is ready, else 503, for load balancers that can only probe the client port. Off: 404.")]
    public bool HealthCheck { get; set; } = true;
}

/// <summary>How the node treats sockets.</summary>
public sealed class TransportOptions
{
    [Description("How the kernel is asked. epoll: directly, on Linux, with the least CPU and memory. sockets: by .NET's own engine, on every system. auto: epoll on Linux, else sockets.")]
    [AllowedValues("auto", "epoll", "sockets", ErrorMessage = "must be 'auto', 'epoll' or 'sockets'")]
    public string Backend { get; set; } = "auto";

    [Description("Threads of the epoll back end, which receive, and send what did not leave at once. 0: as many as cores.")]
    [Range(0, 256)]
    public int Engines { get; set; }

    internal bool UsesEpoll => Backend == "epoll" || (Backend == "auto" && OperatingSystem.IsLinux());

    [Description("Connections the kernel completes while the node is busy. Capped by net.core.somaxconn (4096 on Linux).")]
    [Range(1, 65535)]
    public int Backlog { get; set; } = 4096;

    [Description("Send buffer of a client's socket. The kernel's default takes 4 MB of a client that does not read, which makes the queue bound moot.")]
    [Range(4096, 16 * 1024 * 1024)]
    public int SendBufferBytes { get; set; } = 64 * 1024;

    [Description("TCP_NOTSENT_LOWAT: unsent bytes the kernel accepts before it pushes back. 0 leaves the kernel's setting.")]
    [Range(0, 16 * 1024 * 1024)]
    public int NotSentLowWaterBytes { get; set; } = 16 * 1024;

    [Description("TCP_USER_TIMEOUT: how long sent bytes may stay unacknowledged, or a closed window closed, before the kernel gives the connection up; 1s at least. 0 leaves it off: the kernel also counts the time of a client that was slow twice and caught up between, and who has vanished is found by the heartbeat and SendTimeout.")]
    [Duration("00:00:00", "00:10:00")]
    public TimeSpan UserTimeout { get; set; } = TimeSpan.Zero;

    [Description("How long bytes may wait for a peer that takes nothing before the connection is closed as a slow consumer. While they wait the heartbeat does not judge: a ping would wait behind them.")]
    [Duration("00:00:01", "00:10:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    [Description("How long a closing handshake may take, and how long a peer's last bytes are read so that no reset overtakes the close frame.")]
    [Duration("00:00:00.100", "00:01:00")]
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    [Description("Bytes read and thrown away from a peer that keeps sending after its connection has ended; above it the connection is reset.")]
    [Range(0, 64 * 1024 * 1024)]
    public int MaxDiscardBytes { get; set; } = 1024 * 1024;
}

/// <summary>Bounds of the HTTP request that opens a connection.</summary>
public sealed class HandshakeOptions
{
    [Description("From the accepted connection to the complete request; then 408.")]
    [Duration("00:00:00.100", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    [Description("Request line; then 414. nginx's default.")]
    [Range(256, 32768)]
    public int MaxRequestLineBytes { get; set; } = 8 * 1024;

    [Description("One header line; then 431. nginx's default.")]
    [Range(256, 32768)]
    public int MaxHeaderBytes { get; set; } = 8 * 1024;

    [Description("Header lines; then 431. Kestrel's and Apache's default.")]
    [Range(8, 1000)]
    public int MaxHeaders { get; set; } = 100;

    [Description("The whole request; then 431. A token of 8 KiB and a browser's cookies fit.")]
    [Range(512, 32768)]
    public int MaxRequestBytes { get; set; } = 32 * 1024;

    [Description("Whether a client that offers the subprotocol gateway.refusals is refused by a WebSocket that closes at once with 4400, 4401, 4403, 4404 or 4429 and the reason: a browser shows pages no answer of HTTP. All others, and all where this is off, get the HTTP answer.")]
    public bool CloseRefused { get; set; } = true;
}

/// <summary>How dead peers are found.</summary>
public sealed class HeartbeatOptions
{
    [Description("A ping goes out after so long without receiving anything. Below the 30 to 60 s after which proxies cut idle connections.")]
    [Duration("00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(25);

    [Description("The connection is closed when nothing came for so long after a ping.")]
    [Duration("00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>What one client, and all of them together, may use.</summary>
public sealed class LimitOptions
{
    [Description("Connections on this node; above it, 503. 0: what the process's descriptor limit leaves beside what the node itself needs, 600 to 1,300 with Gateway:Authorizer:MaxConcurrent at its default; it takes no more in any case.")]
    [Range(0, 10_000_000)]
    public int MaxConnections { get; set; }

    [Description("Connections from one address, a network of 64 bits with IPv6; above it, 429. 0: any number, since whole offices and phone networks share an address, and a load balancer that does not name its clients is one.")]
    [Range(0, 10_000_000)]
    public int MaxConnectionsPerAddress { get; set; }

    [Description("Open connections of one user, as its tokens name it, on this node; above it, 429. A token's claim limits.connections comes first. 0: any number, since each tab and each device is one, and only the backend knows how many an honest user has.")]
    [Range(0, 10_000_000)]
    public int MaxConnectionsPerUser { get; set; }

    [Description("Handshakes a second from one address, with a burst of a second's worth; above it, 429. 0: any number, for the same reason.")]
    [Range(0, 1_000_000)]
    public int HandshakesPerSecondPerAddress { get; set; }

    [Description("Handshakes a second on this node, with a burst of a second's worth; above it, 503. 0: as many as the cores can do.")]
    [Range(0, 1_000_000)]
    public int HandshakesPerSecond { get; set; }

    [Description("Messages of one client a second, with a burst of a second's worth; above it, 4429. A token's claim limits.commands_per_second comes first. 0: any number; what a client may publish is the rules' matter.")]
    [Range(0, 1_000_000)]
    public int CommandsPerSecond { get; set; }

    [Description("Bytes of one client a second, frames' headers included, with a burst of a second's worth; above it, 4429. A token's claim limits.bytes_per_second comes first. 0: any number.")]
    [Range(0, int.MaxValue)]
    public int BytesPerSecond { get; set; }

    [Description("Pings and pongs of one client a second, with a burst of a second's worth; above it, 4429. Clients need one or two a minute. 0: any number.")]
    [Range(0, 1_000_000)]
    public int ControlFramesPerSecond { get; set; } = 1000;

    [Description("Tokens of one client a minute that are judged in place of its own (refresh), with a burst of a minute's worth; above it, the error rate_limited. A bad one has cost sixty times what a ping does, and an honest client needs one check in a token's life. 0: any number.")]
    [Range(0, 1_000_000)]
    public int RefreshesPerMinute { get; set; } = 10;

    [Description("Distinct channels on this node, those that linger included; above it subscribing to another one is refused. Each costs the node some 700 bytes, and Redis some 200.")]
    [Range(1, 100_000_000)]
    public int MaxChannels { get; set; } = 250_000;

    [Description("Channels that the connections of one address have opened, a network of 64 bits with IPv6, for as long as those are there; above it subscribing to a channel that nobody on this node has is refused. 0: any number outside of the reserve, since whole offices and phone networks share an address.")]
    [Range(0, 100_000_000)]
    public int MaxChannelsPerAddress { get; set; }

    [Description("The same of one user, as its tokens name it. 0: any number outside of the reserve, since only the backend knows how many an honest user has.")]
    [Range(0, 100_000_000)]
    public int MaxChannelsPerUser { get; set; }

    [Description("How much of MaxChannels, and of the memory that connections may hold, is kept for small clients: only a connection that has opened fewer than 16 channels (has fewer than 16 subscriptions) gets of it. Of its last half only those do whose address, and whose user, have less than a quarter of the reserve besides. 0: first come, first served.")]
    [Range(0, 90)]
    public int ReservedPercent { get; set; } = 20;

    [Description("A message from a client; above it, 1009.")]
    [Range(1, 1024 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    [Description("From a message's first byte to its last; then 4410. A message in part holds memory: 1 MiB takes half of it at 300 kbit/s.")]
    [Duration("00:00:01", "01:00:00")]
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromMinutes(1);

    [Description("A publication's payload. A larger one from the broker is dropped and counted; the API answers 413.")]
    [Range(1, 128 * 1024 * 1024)]
    public int MaxPublicationBytes { get; set; } = 1024 * 1024;

    [Description("Bytes waiting for one client; above it the channel's slow-consumer rule decides. At least twice the larger of the other two and 1 KiB.")]
    [Range(4096, int.MaxValue)]
    public int MaxQueueBytes { get; set; } = 4 * 1024 * 1024;

    [Description("Channels one connection may be subscribed to.")]
    [Range(1, 1_000_000)]
    public int MaxSubscriptions { get; set; } = 1000;

    [Description("Commands of one connection that wait for the broker; then its socket is not read until one completes.")]
    [Range(1, 1024)]
    public int MaxCommandsInFlight { get; set; } = 64;
}

/// <summary>Shards and the channel directory.</summary>
public sealed class ChannelOptions
{
    [Description("Shards, each the single writer of its connections' subscriptions. 0: one per core.")]
    [Range(0, 256)]
    public int Shards { get; set; }

    [Description("Publications waiting in one shard; above it they are dropped and counted.")]
    [Range(16, 10_000_000)]
    public int MaxInboxPublications { get; set; } = 65_536;

    [Description("Bytes of publications waiting in one shard; above it they are dropped and counted.")]
    [Range(64 * 1024, int.MaxValue)]
    public int MaxInboxBytes { get; set; } = 64 * 1024 * 1024;

    [Description("How long the node stays subscribed at the broker after a channel's last subscriber left, so that page reloads cost the broker nothing.")]
    [Duration("00:00:00", "01:00:00")]
    public TimeSpan LeaveAfter { get; set; } = TimeSpan.FromSeconds(5);

    [Description("Clients of this node a second that are to act upon a gap, as by fetching their state anew. A gap's notice says within which time each of them should, at a moment of its own: within_ms, the node's connections by this. A thousand a second are what one process of a backend answers.")]
    [Range(1, 1_000_000)]
    public int GapRate { get; set; } = 1000;
}

/// <summary>The echo protocol.</summary>
public sealed class EchoOptions
{
    [Description("Serves /echo, which returns each message unchanged, without asking who it is: for conformance tests and latency checks.")]
    public bool Enabled { get; set; }
}

/// <summary>Who a rule lets do something.</summary>
public enum RuleAudience
{
    /// <summary>Every client that could connect.</summary>
    Anyone,

    /// <summary>No client; backends only.</summary>
    Nobody,

    /// <summary>Every client whose token has said who it is.</summary>
    Authenticated,

    /// <summary>Whom its token's claim <c>channels</c> allows it.</summary>
    Claim,

    /// <summary>Who shows a token for the channel when it subscribes.</summary>
    Token,

    /// <summary>Whom the backend allows it, asked at <c>Gateway:Authorizer:Uri</c>.</summary>
    Authorizer,
}

/// <summary>What a rule does while the authorizer cannot be asked.</summary>
public enum AuthorizerFailure
{
    /// <summary>As <c>Gateway:Authorizer:FailOpen</c> says.</summary>
    Inherit,

    /// <summary>Refuses.</summary>
    Deny,

    /// <summary>Allows.</summary>
    Allow,
}

/// <summary>What the clients may do in the channels that match a pattern.</summary>
public sealed class RuleOptions
{
    [Description("Channel names, '*' standing for any run of characters, '{claim}' for what the client's token says: 'user:{sub}' is each user's own. See [Who may do what](#who-may-do-what).")]
    [Required]
    public string Pattern { get; set; } = "*";

    [Description("Who may subscribe: anyone; authenticated, whoever has a token; claim, whom the token's 'channels' allow it; token, who shows a subscription token; authorizer, whom the backend allows it; nobody.")]
    public RuleAudience Subscribe { get; set; } = RuleAudience.Anyone;

    [Description("Which clients may publish: the same, but for token. Backends always may.")]
    public RuleAudience Publish { get; set; } = RuleAudience.Nobody;

    [Description("Largest publication of a client in these channels. 0: Gateway:Limits:MaxPublicationBytes, which holds in any case.")]
    [Range(0, 128 * 1024 * 1024)]
    public int MaxPublicationBytes { get; set; }

    [Description("While the authorizer cannot be asked: deny, allow, or inherit what Gateway:Authorizer:FailOpen says.")]
    public AuthorizerFailure AuthorizerFailure { get; set; }

    [Description("When a client reads more slowly than the channel speaks and its queue is full: disconnect closes it with 4413, drop-oldest and drop-newest drop publications and tell it, conflate keeps the newest of each key while it is behind.")]
    public SlowConsumer SlowConsumer { get; set; } = SlowConsumer.Disconnect;

    [Description("With conflate: where in a payload its key is, a JSON pointer (RFC 6901) such as /id, unless its publisher gives one. Empty: only publishers give keys.")]
    [JsonPointer]
    public string ConflateKey { get; set; } = "";

    [Description("Bytes of one channel that may wait for one client, so that it keeps little of what it will not need; one publication always may. 0: as many as fit into Gateway:Limits:MaxQueueBytes.")]
    [Range(0, int.MaxValue)]
    public int MaxBehindBytes { get; set; }
}

/// <summary>This node's identity.</summary>
public sealed class NodeOptions
{
    [Description("Name in logs, metrics and welcome messages, unique among the nodes. Empty: the host name and a random suffix.")]
    [RegularExpression("^[A-Za-z0-9._-]{0,128}$", ErrorMessage = "may hold letters, digits, '.', '_' and '-', 128 at most")]
    public string Name { get; set; } = "";

    /// <summary>The name; made up, and kept, when none is configured.</summary>
    public string EnsureName()
    {
        if (Name.Length == 0)
            Name = $"{Environment.MachineName}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";
        return Name;
    }
}

/// <summary>A good stop: clients are sent to the other nodes at a rate that those can take.</summary>
public sealed class DrainOptions
{
    [Description("How long the node keeps serving after it has said that it is not ready, so that load balancers take it out first.")]
    [Duration("00:00:00", "00:10:00")]
    public TimeSpan UnreadyDelay { get; set; } = TimeSpan.Zero;

    [Description("From the beginning of a drain, SIGTERM or POST /api/v1/drain, to the last connection's end; what is left then is cut. A minute sends 30,000 clients away at the default rate. Keep it below terminationGracePeriodSeconds.")]
    [Duration("00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);

    [Description("Clients a second that are sent away while it is not known what other nodes can take: the node is alone, or Redis is away. As many as one other node takes by default.")]
    [Range(1, 1_000_000)]
    public int Rate { get; set; } = 500;

    [Description("Each client is told a moment of its own within so long to come back at, so that those who leave together do not arrive together.")]
    [Duration("00:00:00", "00:01:00")]
    public TimeSpan ReconnectWithin { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>What nodes tell each other.</summary>
public sealed class ClusterOptions
{
    [Description("Between two announcements of the node's load; also how often it looks at the others'. A key of 200 bytes a node and second.")]
    [Duration("00:00:00.050", "00:01:00")]
    public TimeSpan AnnounceInterval { get; set; } = TimeSpan.FromSeconds(1);

    [Description("An announcement is forgotten after so long without a newer one. Five misses at the default interval.")]
    [Duration("00:00:00.200", "00:10:00")]
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromSeconds(5);

    [Description("Clients a second that this node takes from nodes that drain. A plain handshake costs 40 µs of CPU time, one with TLS a millisecond: half a core at the default.")]
    [Range(1, 1_000_000)]
    public int AcceptRate { get; set; } = 500;
}

/// <summary>Clients are moved although their node stays.</summary>
public sealed class RebalanceOptions
{
    [Description("Clients move to a node that joins, until it has its share, within so long; each at most once for it. 0: none is moved.")]
    [Duration("00:00:00", "1.00:00:00")]
    public TimeSpan Within { get; set; } = TimeSpan.Zero;

    [Description("Connections above the mean of the nodes, in percent, that move nobody: the spread that load balancers leave anyway.")]
    [Range(0, 1000)]
    public int TolerancePercent { get; set; } = 5;

    [Description("Connections that are so old are closed and told to come back, so that no load balancer's old choice lasts for ever. 0: none is.")]
    [Duration("00:00:00", "30.00:00:00")]
    public TimeSpan MaxConnectionAge { get; set; } = TimeSpan.Zero;

    [Description("Spread of that age, in percent of it, drawn for each connection: those that came together do not go together.")]
    [Range(0, 50)]
    public int AgeJitterPercent { get; set; } = 20;
}
