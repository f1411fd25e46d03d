using System.ComponentModel;

namespace Gateway.Core.Diagnosis;

/// <summary>What one node knows of a channel, and of a connection if that was asked for.</summary>
/// <param name="Node">Its name.</param>
/// <param name="State">ready, unready or draining.</param>
/// <param name="SendingAway">Clients a second that it sends away: it drains or rebalances.</param>
/// <param name="Broker">Its link to the broker.</param>
/// <param name="Channel">The channel there; null: the name is none.</param>
/// <param name="Connection">The connection, if it is there.</param>
/// <param name="Subscription">Of the connection to the channel: active, pending, none; null: it is not there.</param>
/// <param name="Ended">The connection, if it ended there of late.</param>
/// <param name="Refused">Why the rules refuse the connection the channel; null: they do not.</param>
public sealed record NodeFacts(
    string Node,
    [property: Description("ready, unready or draining.")] string State,
    [property: Description("Clients a second that it sends to other nodes.")] double SendingAway,
    BrokerFacts Broker,
    [property: Description("The channel there.")] ChannelFacts? Channel,
    [property: Description("The connection, on the node that has it.")] ConnectionInfo? Connection,
    [property: Description("Of that connection to the channel: active, pending (the broker has not confirmed), none.")] string? Subscription,
    [property: Description("The connection, on the node where it ended of late.")] EndedConnectionInfo? Ended,
    [property: Description("Why Gateway:Rules refuse that connection the channel; absent: they do not.")] string? Refused = null)
{
    /// <summary>Of that channel for that connection.</summary>
    [Description("What the channel's rule has dropped or replaced for that connection because it was behind, by reason.")]
    public IReadOnlyList<ChannelDrops> Drops { get; init; } = [];

    /// <summary>The channel's rule asks the authorizer, which the node does not at present.</summary>
    [Description("The channel's rule leaves it to the authorizer, which is not asked at the moment because it has failed too often.")]
    public bool AuthorizerAway { get; init; }

    /// <summary>When the process last went on after it had stood still; null: it never did.</summary>
    [Description("When the node's process last went on after it had stood still for a second or more.")]
    public DateTimeOffset? LastStallAt { get; init; }

    /// <summary>How long that was.</summary>
    [Description("How long it had stood still.")]
    public double? LastStallSeconds { get; init; }
}

/// <summary>A node's link to the broker.</summary>
/// <param name="Connected">Publications flow.</param>
/// <param name="Reason">One line.</param>
/// <param name="Gaps">Times that it was lost and came back.</param>
/// <param name="LastGapAt">When it last came back.</param>
/// <param name="LastGapSeconds">How long it had been away.</param>
public sealed record BrokerFacts(
    bool Connected,
    string Reason,
    [property: Description("Times the link was lost and came back, since the node started.")] int Gaps,
    DateTimeOffset? LastGapAt,
    [property: Description("How long the last gap was.")] double? LastGapSeconds);

/// <summary>A channel on one node.</summary>
/// <param name="State">At the broker.</param>
/// <param name="Subscribers">Active ones.</param>
/// <param name="Pending">Those that wait for the broker.</param>
/// <param name="MaySubscribe">The node's rules allow it.</param>
/// <param name="LastPublicationAt">When one last came for subscribers here.</param>
/// <param name="DroppedTooLarge">Publications.</param>
/// <param name="DroppedInboxFull">Publications, for one shard each.</param>
public sealed record ChannelFacts(
    [property: Description("At the broker, on this node's behalf: idle, subscribing, subscribed, leaving.")] string State,
    int Subscribers,
    [property: Description("Subscriptions that wait for the broker's confirmation.")] int Pending,
    [property: Description("Gateway:Rules let somebody subscribe.")] bool MaySubscribe,
    [property: Description("When a publication last came for subscribers here; absent: none since the node subscribed.")] DateTimeOffset? LastPublicationAt,
    [property: Description("Publications dropped for their size since the node subscribed.")] long DroppedTooLarge,
    [property: Description("Publications dropped since the node subscribed because a shard had too many waiting; each shard counts.")] long DroppedInboxFull);
