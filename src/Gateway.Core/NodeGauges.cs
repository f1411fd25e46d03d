using System.Diagnostics.Metrics;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Diagnosis;
using Gateway.Core.Memory;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;

namespace Gateway.Core;

/// <summary>The node's state as gauges, read when metrics are collected: nothing is counted on the path of a message for them.</summary>
internal static class NodeGauges
{
    public static void Register(Meter meter, GatewayNode node, ShardSet shards, MemoryUsage memory)
    {
        var context = node.Connections;
        meter.CreateObservableUpDownCounter("gateway.connections", () => ByStateAndProtocol(context.Registry), "{connection}", "Connections, by state and protocol.");
        meter.CreateObservableGauge("gateway.connections.limit", () => context.Slots.Maximum, "{connection}", "Connections the node takes.");
        meter.CreateObservableGauge("gateway.channels", () => node.ChannelCount, "{channel}", "Channels the node is subscribed to at the broker.");
        meter.CreateObservableGauge("gateway.subscriptions", () => node.SubscriptionCount, "{subscription}", "Subscriptions of all connections.");
        meter.CreateObservableGauge("gateway.queue.bytes", () => context.Registry.All().Sum(connection => connection.QueuedBytes), "By", "Bytes waiting in outbound queues.");
        meter.CreateObservableGauge("gateway.shard.inbox.publications", () => shards.All.Sum(shard => shard.Inbox.Publications), "{publication}", "Publications waiting for a shard.");
        meter.CreateObservableGauge("gateway.shard.inbox.bytes", () => shards.All.Sum(shard => shard.Inbox.Bytes), "By", "Bytes of publications waiting for a shard.");
        meter.CreateObservableGauge("gateway.shard.inbox.fill", () => shards.All.Max(shard => shard.Inbox.Fill), "1", "The fullest shard's inbox, as a share of what it may hold, in publications or in bytes.");
        meter.CreateObservableGauge("gateway.buffers.rented", () => Rented(node, context), "{buffer}", "Rentals that have not been returned, by pool; at rest none; with the back end sockets each connection's receive args.");
        meter.CreateObservableGauge("gateway.nodes", () => Nodes(node), "{node}", "Nodes that have announced themselves, by state; all 0 while Redis does not answer.");
        meter.CreateObservableGauge("gateway.drain.state", () => (int)node.Drain.State, "1", "0: no drain; 1: not ready, still serving; 2: clients are being sent away; 3: none is left.");
        meter.CreateObservableGauge("gateway.drain.rate", () => node.Drain.Rate, "{connection}/s", "Clients a second that a drain sends away now.");
        meter.CreateObservableGauge("gateway.drain.time_left", () => Known(node.Drain.TimeLeft?.TotalSeconds), "s", "Until a drain's deadline; below zero afterwards; none while there is no drain.");
        meter.CreateObservableGauge("gateway.rebalance.rate", () => node.Drain.State == DrainState.None ? node.RebalanceRate : 0, "{connection}/s", "Clients a second that are moved now to a node that has joined.");
        meter.CreateObservableGauge("gateway.broker.connected", () => node.Broker.Status.Connected ? 1 : 0, "1", "1 while publications flow.");
        meter.CreateObservableGauge("gateway.revocations", () => node.RevocationCount, "{revocation}", "Revocations of tokens that this node keeps.");
        meter.CreateObservableGauge("gateway.users", () => context.Users.Count, "{user}", "Users with a connection to this node, by their tokens.");
        RegisterMemory(meter, node.Memory);
        meter.CreateObservableGauge("gateway.memory.kept", () => Kept(node), "By", "Memory that nobody uses and that is kept for whoever needs some next, by pool; given back when the node is short of memory, and after a minute in which nobody has needed it.");
        RegisterProcess(meter, memory);
    }

    private static void RegisterMemory(Meter meter, MemoryGovernor memory)
    {
        meter.CreateObservableGauge("gateway.memory.stage", () => (int)memory.Stage, "1", "0: normal; 1: the largest backlogs are given up; 2: and upgrades refused; 3: and publications refused.");
        meter.CreateObservableGauge("gateway.memory.waiting", () => memory.WaitingBytes, "By", "Bytes that wait for clients: publications in inboxes, frames in queues, each once however many share it, requests, TLS records and messages that have come in part, and publications that the broker has not confirmed.");
        meter.CreateObservableGauge("gateway.memory.waiting.limit", () => memory.Budget.WaitingBytes, "By", "Bytes that may wait: Gateway:Memory:WaitingPercent of the budget.");
        meter.CreateObservableGauge("gateway.memory.held", () => memory.HeldBytes, "By", "Bytes that connections own for as long as they stay: subscriptions, channels, TLS sessions, compressors, what tokens say.");
        meter.CreateObservableGauge("gateway.memory.clients.limit", () => memory.Budget.TotalBytes, "By", "Bytes that may wait and be owned by connections together: Gateway:Memory:ClientsPercent of the budget.");
        meter.CreateObservableGauge("gateway.memory.budget", () => memory.Budget.Bytes, "By", "Memory that the node keeps within: Gateway:Memory:BudgetBytes, or the limit of its control group or machine.");
    }

    private static void RegisterProcess(Meter meter, MemoryUsage memory)
    {
        meter.CreateObservableGauge("gateway.memory.used", () => memory.UsedBytes, "By", "Memory that counts against the limit: the control group's, the kernel's socket buffers included, or the process's.");
        meter.CreateObservableGauge("gateway.memory.limit", () => memory.LimitBytes, "By", "Memory at which the kernel ends the process: the control group's limit, or what the machine has.");
        // In place of the runtime's own two, which call themselves counters and are none.
        meter.CreateObservableGauge("gateway.thread_pool.threads", () => ThreadPool.ThreadCount, "{thread}", "Threads of the runtime's pool.");
        meter.CreateObservableGauge("gateway.thread_pool.waiting", () => ThreadPool.PendingWorkItemCount, "{item}", "Work that waits for a thread of the pool.");
        meter.CreateObservableGauge("gateway.descriptors.open", () => Known(DescriptorLimit.Open()), "{descriptor}", "Descriptors in use, sockets included.");
        meter.CreateObservableGauge("gateway.descriptors.limit", () => Known(DescriptorLimit.Read()), "{descriptor}", "Descriptors the process may have; none where there is no limit.");
    }

    /// <summary>No measurement where there is no value.</summary>
    private static IEnumerable<Measurement<T>> Known<T>(T? value)
        where T : struct => value is { } known ? [new Measurement<T>(known)] : [];

    private static IEnumerable<Measurement<int>> Nodes(GatewayNode node)
    {
        var counts = node.Nodes.CountBy(other => other.State is NodeStates.Ready or NodeStates.Unready or NodeStates.Draining ? other.State : "other").ToDictionary();
        return MetricLabels.Series("gateway.nodes").Select(tags => new Measurement<int>(counts.GetValueOrDefault((string)tags[0].Value!), tags));
    }

    // At zero as well: an alert that divides by a series that is gone is silent just when everybody is lost.
    private static IEnumerable<Measurement<int>> ByStateAndProtocol(ConnectionRegistry registry)
    {
        var counts = registry.All().CountBy(connection => (State: Words.Of(connection.State), Protocol: connection.Protocol?.Name ?? "none")).ToDictionary();
        return MetricLabels.Series("gateway.connections").Select(tags => new Measurement<int>(counts.GetValueOrDefault(((string)tags[0].Value!, (string)tags[1].Value!)), tags));
    }

    private static IEnumerable<Measurement<long>> Kept(GatewayNode node) =>
        node.Kept.Read().Select(pool => new Measurement<long>(pool.Bytes, new KeyValuePair<string, object?>("pool", pool.Pool)));

    private static IEnumerable<Measurement<long>> Rented(GatewayNode node, ConnectionContext context) =>
    [
        new(context.Transport.Blocks.Rented + context.Transport.SmallBlocks.Rented, new KeyValuePair<string, object?>("pool", "blocks")),
        new(context.Transport.Buffers.Rented, new KeyValuePair<string, object?>("pool", "buffers")),
        new(context.Transport.Args.Rented, new KeyValuePair<string, object?>("pool", "socket_args")),
        new(context.Queues.Rented, new KeyValuePair<string, object?>("pool", "queues")),
        new(node.RentedPublications, new KeyValuePair<string, object?>("pool", "publications")),
        new(context.Compression.RentedDeflaters, new KeyValuePair<string, object?>("pool", "deflate")),
        new(context.Compression.Inflaters.Rented, new KeyValuePair<string, object?>("pool", "inflate")),
    ];
}
