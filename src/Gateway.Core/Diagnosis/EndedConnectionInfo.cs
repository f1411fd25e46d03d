using System.ComponentModel;
using Gateway.Core.Addresses;
using Gateway.Core.Connections;

namespace Gateway.Core.Diagnosis;

/// <summary>The connections that ended last, on all nodes that answered.</summary>
/// <param name="Connections">The latest first.</param>
/// <param name="Nodes">The nodes that were asked.</param>
public sealed record EndedReport(
    [property: Description("The latest first.")] IReadOnlyList<EndedConnectionInfo> Connections,
    IReadOnlyList<AskedNode> Nodes);

/// <summary>A connection that has ended, as its node remembers it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Node">The node that had it.</param>
/// <param name="Reason">As in the metric <c>gateway_closes_total</c>.</param>
/// <param name="Code">The close code.</param>
/// <param name="EndedAt">When.</param>
/// <param name="Protocol">Its client protocol.</param>
/// <param name="RemoteAddress">The client's; null when it was reset.</param>
/// <param name="QueuedBytes">What waited for it.</param>
/// <param name="Dropped">Messages of it that were dropped.</param>
public sealed record EndedConnectionInfo(
    string Id,
    string Node,
    [property: Description("As in the metric gateway_closes_total: slow_consumer, heartbeat_timeout, client, connection_lost, …")] string Reason,
    [property: Description("The close code; 1005 and 1006 where the gateway has sent none.")] int Code,
    DateTimeOffset EndedAt,
    string Protocol,
    [property: Description("Absent when the client's side had reset the connection.")] string? RemoteAddress,
    [property: Description("Bytes that waited for the client when it ended.")] long QueuedBytes,
    [property: Description("Messages among them that were dropped.")] int Dropped)
{
    internal static EndedConnectionInfo Of(EndedConnection ended, string node) => new(
        ended.Id.ToString(), node, ended.Reason.MetricLabel, (int)ended.Reason.Code, ended.At, ended.Protocol, IpText.Format(ended.RemoteEndPoint), ended.QueuedBytes, ended.Dropped);
}
