using System.ComponentModel;
using Gateway.Core;
using Gateway.Core.Brokers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Admin;

internal sealed record NodeReport(
    string Name,
    string Version,
    DateTimeOffset StartedAt,
    double UptimeSeconds,
    [property: Description("Where clients connect: the real addresses.")] IReadOnlyList<string> Endpoints,
    [property: Description("The same as URLs, in the same order: wss:// where the endpoint has TLS, else ws://, and the base path.")] IReadOnlyList<string> Urls,
    [property: Description("In front of every client path; empty: nothing.")] string BasePath,
    [property: Description("Whether clients may connect without credentials.")] bool AllowAnonymous,
    int Connections,
    [property: Description("Channels with a subscriber on this node.")] int Channels,
    int Subscriptions,
    BrokerReport Broker,
    ReadinessReport Readiness,
    LimitReport Limits,
    [property: Description("Of the rules about channels in force: the same on every node that has the same rules.")] string RulesHash);

internal sealed record NodeList(IReadOnlyList<NodeSummary> Nodes, [property: Description("Of all of them.")] ClusterTotals Totals)
{
    public static NodeList Of(IReadOnlyList<NodeAnnouncement> nodes, string self) => new(
        [.. nodes.OrderBy(node => node.Node, StringComparer.Ordinal).Select(node => NodeSummary.Of(node, isSelf: node.Node == self))], ClusterTotals.Of(nodes));
}

internal sealed record ClusterTotals(
    int Nodes,
    [property: Description("Nodes that take clients.")] int Ready,
    long Connections,
    long MaxConnections,
    [property: Description("Subscriptions of all connections.")] long Subscriptions,
    [property: Description("Clients a second that the nodes took of late, those of other nodes among them.")] double Accepted,
    [property: Description("Clients a second that nodes send to others.")] double SendingAway)
{
    public static ClusterTotals Of(IReadOnlyList<NodeAnnouncement> nodes) => new(
        nodes.Count,
        nodes.Count(node => node.State == NodeStates.Ready),
        nodes.Sum(node => (long)node.Connections),
        nodes.Sum(node => (long)node.MaxConnections),
        nodes.Sum(node => node.Subscriptions),
        Math.Round(nodes.Sum(node => node.Accepted), 1),
        Math.Round(nodes.Sum(node => node.SendingAway), 1));
}

internal sealed record NodeSummary(
    string Name,
    [property: Description("ready, unready or draining.")] string State,
    [property: Description("The node that answers.")] bool IsSelf,
    int Connections,
    int MaxConnections,
    [property: Description("Subscriptions of its connections.")] long Subscriptions,
    [property: Description("Clients a second that it is ready to take from nodes that drain.")] double AcceptRate,
    [property: Description("Clients a second that it took of late.")] double Accepted,
    [property: Description("Clients a second that it sends away.")] double SendingAway)
{
    public static NodeSummary Of(NodeAnnouncement node, bool isSelf) =>
        new(node.Node, node.State, isSelf, node.Connections, node.MaxConnections, node.Subscriptions, node.AcceptRate, node.Accepted, node.SendingAway);
}

internal sealed record DrainReport(
    [property: Description("The node that this is about.")] string Node,
    [property: Description("none, unready (the node still serves, until load balancers know), draining or drained.")] string State,
    DateTimeOffset? StartedAt,
    [property: Description("When those who are left are cut.")] DateTimeOffset? Deadline,
    [property: Description("Clients a second that are sent away now.")] double Rate,
    [property: Description("Clients that were sent away.")] long Sent,
    [property: Description("Connections that stand.")] int Remaining)
{
    public static DrainReport Of(INodeStatus node)
    {
        var status = node.DrainStatus;
        return new(node.Name, status.State.ToString().ToLowerInvariant(), status.StartedAt, status.Deadline, Math.Round(status.Rate, 1), status.Sent, status.Remaining);
    }
}

internal sealed record BrokerReport(string Name, [property: Description("Publications flow.")] bool Connected, string Reason);

internal sealed record ReadinessReport(bool Ready, string Reason);

internal sealed record LimitReport(
    int MaxConnections,
    int MaxMessageBytes,
    int MaxPublicationBytes,
    int MaxQueueBytes,
    int MaxSubscriptions)
{
    public static LimitReport Of(LimitOptions limits, int maxConnections) =>
        new(maxConnections, limits.MaxMessageBytes, limits.MaxPublicationBytes, limits.MaxQueueBytes, limits.MaxSubscriptions);
}

internal sealed record ChannelReport(string Name, [property: Description("On this node.")] int Subscribers, string State);

internal sealed record ChannelList(
    [property: Description("The node whose channels they are.")] string Node,
    IReadOnlyList<ChannelReport> Channels,
    [property: Description("There are more; ask with a longer prefix or a higher limit.")] bool More);

internal sealed record PublishReport([property: Description("Channels the message was published to.")] int Channels);

internal sealed record TrafficReport(
    [property: Description("The node whose past it is.")] string Node,
    [property: Description("Seconds between two points; where there are more between two, the node stood still.")] double IntervalSeconds,
    [property: Description("Oldest first; what is a rate is of the time since the point before.")] IReadOnlyList<TrafficPoint> Points);

internal sealed record DisconnectReport(
    [property: Description("The node that answers.")] string Node,
    string Connection,
    [property: Description("'disconnected': it was on this node; 'relayed': every other node was asked to end it.")] string Result);
