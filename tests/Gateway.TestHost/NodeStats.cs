using Gateway.Core;

namespace Gateway.TestHost;

/// <summary>A node's counters and its process's heap.</summary>
public sealed record NodeStats(int Connections, int Slots, int Subscriptions, int Channels, long Blocks, long Buffers, long Args, long Queues, long Heap)
{
    /// <summary>Reads them.</summary>
    public static NodeStats Of(GatewayNode node) => new(
        node.ConnectionCount,
        node.Connections.Slots.Taken,
        node.SubscriptionCount,
        node.ChannelCount,
        node.Connections.Transport.Blocks.Rented,
        node.Connections.Transport.Buffers.Rented,
        node.Connections.Transport.Args.Rented,
        node.Connections.Queues.Rented,
        GC.GetTotalMemory(forceFullCollection: false));
}
