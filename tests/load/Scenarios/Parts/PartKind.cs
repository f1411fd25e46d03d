using Gateway.Load.Client;
using Gateway.Load.Hostile;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>Which of the node's endpoints an attacker goes to, and how.</summary>
internal enum Door
{
    /// <summary>The one for clients; over TLS where that speaks it.</summary>
    Client,

    /// <summary>The one where each connection begins with a PROXY header; there is none with TLS.</summary>
    Proxy,

    /// <summary>The one for clients, without doing what TLS needs; there must be TLS.</summary>
    Bare,
}

/// <summary>A way to make a node keep something.</summary>
/// <param name="Name">As the command line has it.</param>
/// <param name="Door">Where it knocks.</param>
/// <param name="Request">What lets it in; null: it does not go so far.</param>
/// <param name="Part">What it sends then, and never ends.</param>
internal sealed record PartKind(string Name, Door Door, Func<int, byte[]>? Request, byte[] Part)
{
    /// <summary>Channels that the publisher speaks in while the attack lasts; slow readers are spread over them.</summary>
    public const int SlowChannels = 32;

    private const int MessageBytes = 1024 * 1024; // Gateway:Limits:MaxMessageBytes by default
    private const int Subscriptions = 1000; // Gateway:Limits:MaxSubscriptions by default
    private const int RecordBytes = 16_000; // with its header it is one TLS record, of 16 KiB at most

    private static readonly byte[] Upgrade = UpgradeExchange.Request("/");
    private static readonly byte[] UpgradeWithDeflate = UpgradeExchange.Request("/", UpgradeExchange.OfferDeflate);
    private static readonly byte[] Subscribe = UnfinishedInput.Subscriptions(Subscriptions);
    private static readonly byte[][] SlowRequests = [.. Enumerable.Range(0, SlowChannels).Select(channel => UpgradeExchange.Request("/plain/" + SlowChannel(channel)))];

    public static IReadOnlyList<PartKind> All { get; } =
    [
        new("requests", Door.Client, null, UnfinishedInput.Request),
        new("proxy-headers", Door.Proxy, null, UnfinishedInput.ProxyHeader),
        new("messages", Door.Client, _ => Upgrade, UnfinishedInput.Message(MessageBytes)),
        new("fragments", Door.Client, _ => Upgrade, UnfinishedInput.Fragments(MessageBytes)),
        new("compressed", Door.Client, _ => UpgradeWithDeflate, CompressedMessage.Part(MessageBytes - 1024)),
        new("subscriptions", Door.Client, _ => Subscribe, []),
        new("readers", Door.Client, client => SlowRequests[client % SlowChannels], []) { ReadsSlowly = true },
        new("records", Door.Client, _ => Upgrade, UnfinishedInput.Message(MessageBytes)[..RecordBytes]) { WithholdsRecord = true },
        new("half-hellos", Door.Bare, null, ClientHello.Half),
        new("hellos", Door.Bare, null, ClientHello.Whole),
    ];

    /// <summary>It reads, so little that it is always behind.</summary>
    public bool ReadsSlowly { get; private init; }

    /// <summary>The record that the part travels in lacks its end.</summary>
    public bool WithholdsRecord { get; private init; }

    /// <summary>Name of a channel that the publisher speaks in.</summary>
    public static string SlowChannel(int channel) => $"slow-{channel}";

    /// <summary>Whether a node that speaks TLS, or one that does not, can be attacked so.</summary>
    public bool Fits(bool isTls) => isTls ? Door != Door.Proxy : Door != Door.Bare && !WithholdsRecord;
}
