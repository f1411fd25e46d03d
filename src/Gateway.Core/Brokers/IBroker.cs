using Gateway.Core.Channels;

namespace Gateway.Core.Brokers;

/// <summary>
/// Relays publications between nodes, and has the parts by which nodes know of each other. A broker knows neither connections nor frames.
/// Implementations keep the order of the publications of one publisher in one channel, and a node gets its own publications back through the
/// broker: one outgoing path.
/// </summary>
public interface IBroker : IAsyncDisposable
{
    /// <summary>What it is, for logs and the admin API: <c>in-process</c>, <c>redis</c>.</summary>
    string Name { get; }

    /// <summary>Whether publications flow now, and if not, why. Cheap; read by probes.</summary>
    BrokerStatus Status { get; }

    /// <summary>
    /// Starts relaying into <paramref name="sink"/>. Returns without waiting for the link: a broker that is absent is connected to
    /// later. Called once, before any other member.
    /// </summary>
    Task StartAsync(IBrokerSink sink, CancellationToken cancellationToken);

    /// <summary>
    /// Completes when the broker has confirmed that the channel's publications come to this node. The caller keeps at most one
    /// operation in flight per channel. A confirmed subscription survives a lost link: the broker restores it itself.
    /// </summary>
    /// <exception cref="BrokerUnavailableException">It was not confirmed; the channel is not subscribed.</exception>
    ValueTask SubscribeAsync(ChannelName channel, CancellationToken cancellationToken);

    /// <summary>Completes when no further publication of the channel will be relayed. Never fails because of a lost link.</summary>
    ValueTask UnsubscribeAsync(ChannelName channel, CancellationToken cancellationToken);

    /// <summary>Publishes to every node's subscribers. Completes when the broker has taken the message.</summary>
    /// <exception cref="BrokerUnavailableException">It did not within the broker's own deadline; see its outcome.</exception>
    /// <param name="channel">Where to.</param>
    /// <param name="message">The payload, perhaps with a header in front; arrives byte for byte.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask PublishAsync(ChannelName channel, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>What nodes say to each other.</summary>
    INodeBus Bus { get; }

    /// <summary>What each node says of itself (<see cref="NodeAnnouncement"/>), by its name.</summary>
    IKeptRecords Announcements { get; }

    /// <summary>Tokens that were taken back, for nodes that start later, by what they take back.</summary>
    IKeptRecords Revocations { get; }
}

/// <summary>A broker's state.</summary>
/// <param name="Connected">Publications flow.</param>
/// <param name="Ready">The node may take clients: it was connected once, and has not been without the broker for too long.</param>
/// <param name="Reason">One line for an operator.</param>
public readonly record struct BrokerStatus(bool Connected, bool Ready, string Reason);

/// <summary>Where a broker's news arrives. Implemented by the node. Calls come from the broker's own thread, in order, and must not block.</summary>
public interface IBrokerSink
{
    /// <summary>The node's name: answers to it arrive here.</summary>
    string Name { get; }

    /// <summary>A publication. Both spans are valid during the call only.</summary>
    /// <param name="channel">The channel's name as UTF-8, without the broker's prefix.</param>
    /// <param name="message">As it was published.</param>
    void OnPublication(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message);

    /// <summary>A publication that was too large to take; the broker has counted it. Valid during the call only.</summary>
    void OnTooLarge(ReadOnlySpan<byte> channel);

    /// <summary>An envelope, as UTF-8 JSON. Valid during the call only.</summary>
    void OnEnvelope(ReadOnlySpan<byte> json);

    /// <summary>Another node's answer, as UTF-8 JSON. Valid during the call only.</summary>
    void OnReply(ReadOnlySpan<byte> json);

    /// <summary>
    /// The link to the broker was down for <paramref name="duration"/> and works again, every subscription restored: publications
    /// may have been missed in between.
    /// </summary>
    void OnGap(TimeSpan duration);
}

/// <summary>What became of an operation that the broker did not confirm.</summary>
public enum BrokerOutcome
{
    /// <summary>Certainly not done.</summary>
    NotDone,

    /// <summary>It may have been done, or may still be: the deadline passed without an answer.</summary>
    Unknown,
}

/// <summary>The broker did not confirm an operation.</summary>
public sealed class BrokerUnavailableException(string message, BrokerOutcome outcome, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether it may have happened all the same.</summary>
    public BrokerOutcome Outcome { get; } = outcome;
}
