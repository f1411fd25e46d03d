using Gateway.Core.Access;
using Gateway.Core.Connections;

namespace Gateway.Core.Channels;

/// <summary>One connection's interest in one channel; owned by its shard.</summary>
internal sealed class Subscription(Subscriber subscriber, ShardChannel channel, SubscribeRequest request)
{
    public Subscriber Subscriber { get; } = subscriber;

    public ShardChannel Channel { get; } = channel;

    public IPublicationEncoder Encoder { get; } = request.Encoder;

    /// <summary>The rule that allowed it; of rules that are in force no longer, if they have changed since.</summary>
    public AccessRule? AllowedBy { get; } = request.AllowedBy;

    /// <summary>What waits for the broker; null: the subscription is active.</summary>
    public SubscribeRequest? Pending { get; set; } = request;

    /// <summary>Its place among the channel's active subscriptions.</summary>
    public int Index { get; set; } = -1;
}

/// <summary>A connection as its shard sees it, from its first subscription on.</summary>
internal sealed class Subscriber(Connection connection)
{
    public Connection Connection { get; } = connection;

    public SubscriptionSet Subscriptions { get; } = new();

    /// <summary>Something was queued since the last flush.</summary>
    public bool IsDirty { get; set; }
}
