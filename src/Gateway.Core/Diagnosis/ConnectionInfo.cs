using System.ComponentModel;

namespace Gateway.Core.Diagnosis;

/// <summary>One connection, for operators.</summary>
/// <param name="Id">16 hexadecimal digits.</param>
/// <param name="Protocol">Client protocol; empty during the handshake.</param>
/// <param name="State">Of its life: handshaking, admitting, open, closing, closed.</param>
/// <param name="RemoteAddress">The client's address, as trusted proxies tell it, and port where it is known.</param>
/// <param name="LocalAddress">Where it connected to.</param>
/// <param name="ConnectedAt">When it was accepted.</param>
/// <param name="Channels">Its subscriptions, at most 1,000 of them; 100 where another node tells.</param>
/// <param name="Subscriptions">How many they are.</param>
/// <param name="QueuedBytes">Bytes waiting for it.</param>
/// <param name="IdleSeconds">Since something came from it.</param>
public sealed record ConnectionInfo(
    string Id,
    string Protocol,
    string State,
    string? RemoteAddress,
    string? LocalAddress,
    DateTimeOffset ConnectedAt,
    IReadOnlyList<string> Channels,
    int Subscriptions,
    [property: Description("Bytes waiting in the node to be sent to the client.")] long QueuedBytes,
    [property: Description("Since the node last read something from the client, a pong included.")] double IdleSeconds)
{
    /// <summary>The node that has it.</summary>
    public string Node { get; init; } = "";

    /// <summary>Who the client is, by its token; null: nobody.</summary>
    [Description("The user, by the client's token (claim sub); absent: an anonymous client.")]
    public string? User { get; init; }

    /// <summary>When the client's token expires; null: it does not.</summary>
    [Description("When the connection ends unless the client sends a new token; absent: never.")]
    public DateTimeOffset? TokenExpiresAt { get; init; }

    /// <summary>What its channels' rules have dropped for it, while it is subscribed to them.</summary>
    [Description("What its channels' rules (Gateway:Rules:0:SlowConsumer) have dropped or replaced because it was behind, by channel and reason, since it subscribed; the channels with the most.")]
    public IReadOnlyList<ChannelDrops> Drops { get; init; } = [];

    /// <summary>Commands of the client that wait for the broker.</summary>
    [Description("Commands of the client that wait for the broker.")]
    public int CommandsInFlight { get; init; }

    /// <summary>Why nothing is read from the client; null: it is read.</summary>
    [Description("Why the node reads nothing from the client: 'commands' (too many wait for the broker), 'sent' (it does not read its answers); absent: it reads.")]
    public string? Paused { get; init; }

    /// <summary>Since data was last sent.</summary>
    [Description("Since data was last sent to the client; as the rest, from the kernel, and absent where it does not say.")]
    public double? LastWriteSeconds { get; init; }

    /// <summary>Since data last came.</summary>
    [Description("Since data last came from the client, read or not: a pong, a message.")]
    public double? LastReceiveSeconds { get; init; }

    /// <summary>Since the peer last acknowledged anything.</summary>
    [Description("Since the client's side last acknowledged anything.")]
    public double? LastAcknowledgementSeconds { get; init; }

    /// <summary>In the send buffer, not sent.</summary>
    [Description("Bytes in the kernel's send buffer that are not sent: the client's window, or the path's, is full.")]
    public int? UnsentBytes { get; init; }

    /// <summary>In the send buffer, not acknowledged.</summary>
    [Description("Bytes in the kernel's send buffer that the client has not acknowledged, the unsent ones among them.")]
    public int? UnacknowledgedBytes { get; init; }

    /// <summary>Round trip.</summary>
    [Description("Smoothed round trip.")]
    public double? RttMilliseconds { get; init; }

    /// <summary>Segments sent again, ever.</summary>
    [Description("Segments sent again, ever.")]
    public int? Retransmits { get; init; }

    /// <summary>In a row, without an answer.</summary>
    [Description("Times in a row that something was sent again without an answer.")]
    public int? UnansweredRetransmits { get; init; }

    /// <summary>Congestion window.</summary>
    [Description("Segments that may be on their way at once.")]
    public int? CongestionWindow { get; init; }

    /// <summary>Of TCP.</summary>
    [Description("Of the TCP connection, as in RFC 9293: 'established', 'closewait', …")]
    public string? TcpState { get; init; }

    /// <summary>Everything that waits for the client, in the node and in the kernel.</summary>
    internal long BehindBytes => QueuedBytes + (UnacknowledgedBytes ?? 0);
}
