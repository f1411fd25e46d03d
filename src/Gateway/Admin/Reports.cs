using System.ComponentModel;
using Gateway.Core.Brokers;
using Gateway.Core.Cluster;
using Gateway.Core.Options;

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

internal sealed record NodeList(IReadOnlyList<NodeSummary> Nodes);

internal sealed record NodeSummary(
    string Name,
    [property: Description("ready, unready or draining.")] string State,
    [property: Description("The node that answers.")] bool IsSelf,
    int Connections,
    int MaxConnections,
    [property: Description("Clients a second that it is ready to take from nodes that drain.")] double AcceptRate,
    [property: Description("Clients a second that it took of late.")] double Accepted,
    [property: Description("Clients a second that it sends away.")] double SendingAway)
{
    public static NodeSummary Of(NodeAnnouncement node, bool isSelf) =>
        new(node.Node, node.State, isSelf, node.Connections, node.MaxConnections, node.AcceptRate, node.Accepted, node.SendingAway);
}

internal sealed record DrainReport(
    [property: Description("none, unready (the node still serves, until load balancers know), draining or drained.")] string State,
    DateTimeOffset? StartedAt,
    [property: Description("When those who are left are cut.")] DateTimeOffset? Deadline,
    [property: Description("Clients a second that are sent away now.")] double Rate,
    [property: Description("Clients that were sent away.")] long Sent,
    [property: Description("Connections that stand.")] int Remaining)
{
    public static DrainReport Of(DrainStatus status) => new(
        status.State.ToString().ToLowerInvariant(), status.StartedAt, status.Deadline, Math.Round(status.Rate, 1), status.Sent, status.Remaining);
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

internal sealed record ChannelList(IReadOnlyList<ChannelReport> Channels, [property: Description("There are more; ask with a longer prefix or a higher limit.")] bool More);

internal sealed record PublishReport([property: Description("Channels the message was published to.")] int Channels);

internal sealed record DisconnectReport(
    string Connection,
    [property: Description("'disconnected': it was on this node; 'relayed': every other node was asked to end it.")] string Result);
