namespace Gateway.Core.Channels;

/// <summary>What the node knows of one channel. Everything but <see cref="Interested"/> is guarded by its lock.</summary>
internal sealed class ChannelEntry(ChannelName name, ShareHolder owner)
{
    private Shard[] _interested = [];
    private long _lastPublication; // 0: none has come
    private long _droppedTooLarge;
    private long _droppedInboxFull;

    public ChannelName Name { get; } = name;

    /// <summary>Who has opened it.</summary>
    public ShareHolder Owner { get; } = owner;

    /// <summary>What the directory, and the broker's table of what is subscribed to, hold for a channel of this name: the other half; see <see cref="ShardChannel.BytesOf"/>.</summary>
    public static int BytesOf(ChannelName name) => 350 + (3 * name.Utf8.Length);

    public ChannelState State { get; set; }

    /// <summary>The shards that get the channel's publications: a snapshot, read without the lock.</summary>
    public Shard[] Interested => Volatile.Read(ref _interested);

    /// <summary>The interested shards that have not been told whether the broker has confirmed.</summary>
    public List<Shard> Waiting { get; } = [];

    /// <summary>Milliseconds on the heartbeat's clock at which nobody was interested any more.</summary>
    public long IdleSince { get; set; }

    /// <summary>When a publication last came, a timestamp of the node's clock; 0: none has. Written once a publication.</summary>
    public long LastPublication
    {
        get => Volatile.Read(ref _lastPublication);
        set => Volatile.Write(ref _lastPublication, value);
    }

    /// <summary>Publications dropped for their size.</summary>
    public long DroppedTooLarge => Volatile.Read(ref _droppedTooLarge);

    /// <summary>Publications dropped by shards with a full inbox.</summary>
    public long DroppedInboxFull => Volatile.Read(ref _droppedInboxFull);

    public void CountTooLarge() => Interlocked.Increment(ref _droppedTooLarge);

    public void CountInboxFull() => Interlocked.Increment(ref _droppedInboxFull);

    /// <summary>No longer in the directory: look it up again.</summary>
    public bool IsRemoved { get; set; }

    public void AddInterest(Shard shard) => Volatile.Write(ref _interested, [.. _interested, shard]);

    public void RemoveInterest(Shard shard) => Volatile.Write(ref _interested, [.. _interested.Where(other => other != shard)]);
}

/// <summary>A channel's state at the broker, as this node sees it.</summary>
internal enum ChannelState
{
    /// <summary>Not subscribed, and nothing under way.</summary>
    Idle,

    /// <summary>The broker has been asked.</summary>
    Subscribing,

    /// <summary>The broker has confirmed.</summary>
    Subscribed,

    /// <summary>The broker has been asked to stop.</summary>
    Leaving,
}
