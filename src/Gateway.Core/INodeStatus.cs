using Gateway.Core.Brokers;
using Gateway.Core.Cluster;
using Gateway.Core.Telemetry;

namespace Gateway.Core;

/// <summary>How a node is.</summary>
public interface INodeStatus
{
    /// <summary>Between two points of <see cref="Traffic"/>.</summary>
    static TimeSpan TrafficInterval => TrafficHistory.Interval;

    /// <summary>The node's name, unique among the nodes.</summary>
    string Name { get; }

    /// <summary>When the node was put together.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>What relays between nodes: <c>in-process</c>, <c>redis</c>.</summary>
    string BrokerName { get; }

    /// <summary>Whether publications flow.</summary>
    BrokerStatus BrokerStatus { get; }

    /// <summary>Connections, whatever their state.</summary>
    int ConnectionCount { get; }

    /// <summary>Connections the node takes.</summary>
    int MaxConnections { get; }

    /// <summary>Channels subscribed to at the broker.</summary>
    int ChannelCount { get; }

    /// <summary>Subscriptions of all connections.</summary>
    int SubscriptionCount { get; }

    /// <summary>How far a drain is.</summary>
    DrainStatus DrainStatus { get; }

    /// <summary>All nodes as they last announced themselves, this one among them; empty while nothing is known.</summary>
    IReadOnlyList<NodeAnnouncement> Nodes { get; }

    /// <summary>How it has been in the last five minutes, oldest first.</summary>
    IReadOnlyList<TrafficPoint> Traffic { get; }
}
