using System.Runtime.InteropServices;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

/// <summary>
/// What one client's rules have dropped instead of it, by channel, and what of that it has not been told. Made with the first drop and kept
/// while the connection lives. Guarded by the connection's lock.
/// </summary>
internal sealed class SkippedPublications
{
    /// <summary>A channel is told of at most once in so many milliseconds: a client that is behind has no use for more to read.</summary>
    public const int TellEvery = 1000;

    private readonly Dictionary<string, Skips> _channels = new(StringComparer.Ordinal);

    /// <summary>Publications of all channels that the client has not been told of.</summary>
    public long Untold { get; private set; }

    /// <summary>Publications dropped, ever, in channels that are still subscribed to.</summary>
    public long Dropped => _channels.Values.Sum(skips => skips.Oldest + skips.Newest + skips.Memory);

    public void Add(string channel, DropReason reason, int count)
    {
        ref var skips = ref Of(channel);
        switch (reason)
        {
            case DropReason.DropOldest:
                skips.Oldest += count;
                break;
            case DropReason.DropNewest:
                skips.Newest += count;
                break;
            default:
                skips.Memory += count;
                break;
        }

        skips.Untold += count;
        Untold += count;
    }

    /// <summary>The client gets the newer one: it is not told, and nothing is missing.</summary>
    public void AddConflated(string channel) => Of(channel).Conflated++;

    /// <summary>Channels of which there is something to tell now.</summary>
    /// <param name="now">On the heartbeat's clock.</param>
    /// <param name="isLast">Whatever was told a moment ago: there is no later.</param>
    public IEnumerable<string> Due(long now, bool isLast) =>
        _channels.Where(channel => channel.Value is { Untold: > 0 } skips && (isLast || now >= skips.TellAt)).Select(channel => channel.Key);

    /// <summary>The client is told of a channel. Returns the publications skipped since it last was.</summary>
    public long Tell(string channel, long now)
    {
        ref var skips = ref Of(channel);
        var count = skips.Untold;
        (skips.Untold, skips.TellAt) = (0, now + TellEvery);
        Untold -= count;
        return count;
    }

    /// <summary>The channel is left.</summary>
    public void Forget(string channel)
    {
        if (_channels.Remove(channel, out var skips))
            Untold -= skips.Untold;
    }

    /// <summary>For operators.</summary>
    public IReadOnlyList<ChannelSkips> Read() =>
        [.. _channels.Select(channel => new ChannelSkips(channel.Key, channel.Value.Oldest, channel.Value.Newest, channel.Value.Memory, channel.Value.Conflated))];

    private ref Skips Of(string channel) => ref CollectionsMarshal.GetValueRefOrAddDefault(_channels, channel, out _);

    [StructLayout(LayoutKind.Auto)]
    private struct Skips
    {
        public long Oldest;
        public long Newest;
        public long Memory;
        public long Conflated;
        public long Untold;
        public long TellAt; // on the heartbeat's clock
    }
}

/// <summary>What became of one channel's publications for one client that is, or was, behind.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="DroppedOldest">For newer ones.</param>
/// <param name="DroppedNewest">Since there was no room for them.</param>
/// <param name="DroppedForMemory">The node needed the memory.</param>
/// <param name="Conflated">Replaced by newer ones of the same key.</param>
internal readonly record struct ChannelSkips(string Channel, long DroppedOldest, long DroppedNewest, long DroppedForMemory, long Conflated)
{
    public long Dropped => DroppedOldest + DroppedNewest + DroppedForMemory;
}
