namespace Gateway.Core.Access;

/// <summary>What the connections of one address, or of one user, have taken of what is the node's. Any thread.</summary>
internal sealed class Share
{
    private int _channels;
    private long _subscriptionBytes;

    /// <summary>Channels that they have opened, for as long as those are there.</summary>
    public int Channels => Volatile.Read(ref _channels);

    /// <summary>What their subscriptions take, of those that have more than a few.</summary>
    public long SubscriptionBytes => Interlocked.Read(ref _subscriptionBytes);

    /// <summary>How many hold it; guarded by its table.</summary>
    public int Holders { get; set; }

    /// <summary>Returns the channels that they have then.</summary>
    public int AddChannels(int count) => Interlocked.Add(ref _channels, count);

    public void AddSubscriptionBytes(long bytes) => Interlocked.Add(ref _subscriptionBytes, bytes);
}
