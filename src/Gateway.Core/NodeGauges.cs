using System.Diagnostics.Metrics;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Connections;

namespace Gateway.Core;

/// <summary>The node's state as gauges, read when metrics are collected: nothing is counted on the path of a message for them.</summary>
internal static class NodeGauges
{
    public static void Register(Meter meter, GatewayNode node, Shard[] shards)
    {
        var context = node.Connections;
        meter.CreateObservableUpDownCounter("gateway.connections", () => ByStateAndProtocol(context.Registry), "{connection}", "Connections, by state and protocol.");
        meter.CreateObservableGauge("gateway.connections.limit", () => context.Slots.Maximum, "{connection}", "Connections the node takes.");
        meter.CreateObservableGauge("gateway.channels", () => node.ChannelCount, "{channel}", "Channels the node is subscribed to at the broker.");
        meter.CreateObservableGauge("gateway.subscriptions", () => node.SubscriptionCount, "{subscription}", "Subscriptions of all connections.");
        meter.CreateObservableGauge("gateway.queue.bytes", () => context.Registry.All().Sum(connection => connection.QueuedBytes), "By", "Bytes waiting in outbound queues.");
        meter.CreateObservableGauge("gateway.shard.inbox.publications", () => shards.Sum(shard => shard.Inbox.Publications), "{publication}", "Publications waiting for a shard.");
        meter.CreateObservableGauge("gateway.shard.inbox.bytes", () => shards.Sum(shard => shard.Inbox.Bytes), "By", "Bytes of publications waiting for a shard.");
        meter.CreateObservableGauge("gateway.buffers.rented", () => Rented(node, context), "{buffer}", "Rentals that have not been returned, by pool.");
        meter.CreateObservableGauge("gateway.nodes", () => Nodes(node), "{node}", "Nodes that have announced themselves, by state; none while Redis does not answer.");
        meter.CreateObservableGauge("gateway.drain.state", () => (int)node.Drain.State, "1", "0: no drain; 1: not ready, still serving; 2: clients are being sent away; 3: none is left.");
        meter.CreateObservableGauge("gateway.drain.rate", () => node.Drain.Rate, "{connection}/s", "Clients a second that a drain sends away now.");
        meter.CreateObservableGauge("gateway.broker.connected", () => node.Broker.Status.Connected ? 1 : 0, "1", "1 while publications flow.");
    }

    private static IEnumerable<Measurement<int>> Nodes(GatewayNode node) =>
        node.Nodes
            .CountBy(other => other.State is NodeStates.Ready or NodeStates.Unready or NodeStates.Draining ? other.State : "other")
            .Select(group => new Measurement<int>(group.Value, new KeyValuePair<string, object?>("state", group.Key)));

    private static IEnumerable<Measurement<int>> ByStateAndProtocol(ConnectionRegistry registry) =>
        registry.All()
            .CountBy(connection => (connection.State, Protocol: connection.Protocol?.Name ?? "none"))
            .Select(group => new Measurement<int>(
                group.Value,
                new("state", group.Key.State.ToString().ToLowerInvariant()),
                new("protocol", group.Key.Protocol)));

    private static IEnumerable<Measurement<long>> Rented(GatewayNode node, ConnectionContext context) =>
    [
        new(context.Transport.Blocks.Rented, new KeyValuePair<string, object?>("pool", "blocks")),
        new(context.Transport.Buffers.Rented, new KeyValuePair<string, object?>("pool", "buffers")),
        new(context.Transport.Args.Rented, new KeyValuePair<string, object?>("pool", "socket_args")),
        new(context.Queues.Rented, new KeyValuePair<string, object?>("pool", "queues")),
        new(node.RentedPublications, new KeyValuePair<string, object?>("pool", "publications")),
        new(context.Compression.RentedDeflaters, new KeyValuePair<string, object?>("pool", "deflate")),
        new(context.Compression.Inflaters.Rented, new KeyValuePair<string, object?>("pool", "inflate")),
    ];
}
