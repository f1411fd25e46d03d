using Gateway.Core;

namespace Gateway.TestHost;

/// <summary>A node's counters and its process's heap.</summary>
public sealed record NodeStats(int Connections, int Slots, int Subscriptions, int Channels, long Blocks, long Buffers, long Sockets, long PendingSends, long Queues, long Heap)
{
    /// <summary>Reads them.</summary>
    public static NodeStats Of(GatewayNode node) => new(
        node.ConnectionCount,
        node.Connections.Slots.Taken,
        node.SubscriptionCount,
        node.ChannelCount,
        node.Connections.Transport.Blocks.Rented,
        node.Connections.Transport.Buffers.Rented,
        node.Connections.Transport.OpenSockets,
        node.Connections.Transport.PendingSends,
        node.Connections.Queues.Rented,
        GC.GetTotalMemory(forceFullCollection: false) - PinnedBytes());

    /// <summary>
    /// The pinned heap holds the scratch memory of threads, of which the pool makes and ends some as it likes: as many connections as there
    /// may be do not change it. Blocks that connections rent are counted by themselves.
    /// </summary>
    private static long PinnedBytes() => GC.GetGCMemoryInfo().GenerationInfo[4].SizeAfterBytes;
}
