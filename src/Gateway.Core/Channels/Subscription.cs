using Gateway.Core.Access;
using Gateway.Core.Connections;

namespace Gateway.Core.Channels;

/// <summary>One connection's interest in one channel; owned by its shard.</summary>
internal sealed class Subscription(Subscriber subscriber, ShardChannel channel, SubscribeRequest request, int heldBytes)
{
    /// <summary>What one takes, with its places in the channel's array and the connection's table: 139 bytes of resident memory, measured.</summary>
    public const int Bytes = 144;

    public Subscriber Subscriber { get; } = subscriber;

    public ShardChannel Channel { get; } = channel;

    public IPublicationEncoder Encoder { get; } = request.Encoder;

    /// <summary>The rule that allowed it; of rules that are in force no longer, if they have changed since.</summary>
    public AccessRule? AllowedBy { get; } = request.AllowedBy;

    /// <summary>What waits for the broker; null: the subscription is active.</summary>
    public SubscribeRequest? Pending { get; set; } = request;

    /// <summary>Its place among the channel's active subscriptions.</summary>
    public int Index { get; set; } = -1;

    /// <summary>What would not be there without it, as far as that is known: itself, and the channel if it was its first one.</summary>
    public int HeldBytes { get; } = heldBytes;
}

/// <summary>A connection as its shard sees it, from its first subscription on.</summary>
internal sealed class Subscriber(Connection connection) : IShardState
{
    private long _heldBytes;

    public Connection Connection { get; } = connection;

    public SubscriptionSet Subscriptions { get; } = new();

    /// <summary>Null: it has opened no channel, and has but a few subscriptions.</summary>
    public ShareHolder? Holder { get; set; }

    public long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <summary>By the shard only.</summary>
    public void CountHeld(long bytes) => Volatile.Write(ref _heldBytes, _heldBytes + bytes);

    /// <summary>Something was queued since the last flush.</summary>
    public bool IsDirty { get; set; }
}
