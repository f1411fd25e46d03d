using System.ComponentModel;
using Gateway.Core.Addresses;
using Gateway.Core.Connections;

namespace Gateway.Core.Diagnosis;

/// <summary>The connections for which most waits, on all nodes that answered.</summary>
/// <param name="Connections">Worst first.</param>
/// <param name="Nodes">The nodes that were asked.</param>
public sealed record LaggingReport(
    [property: Description("Worst first: by what waits in the node and in its kernel.")] IReadOnlyList<LaggingConnection> Connections,
    IReadOnlyList<AskedNode> Nodes);

/// <summary>A node that was asked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Answered">Within the deadline.</param>
/// <param name="LostSince">When it was last announced, of one that has vanished without taking its leave; null: it has not.</param>
public sealed record AskedNode(
    string Name,
    [property: Description("False: it did not within two seconds, or has vanished, and the answer is incomplete.")] bool Answered,
    [property: Description("When it was last announced, of a node that vanished within the last ten minutes without taking its leave.")] DateTimeOffset? LostSince = null);

/// <summary>A connection for which something waits.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Node">The node that has it.</param>
/// <param name="Protocol">Its client protocol.</param>
/// <param name="State">Of its life.</param>
/// <param name="RemoteAddress">The client's.</param>
/// <param name="QueuedBytes">Waiting in the node.</param>
/// <param name="UnsentBytes">Waiting in the kernel.</param>
/// <param name="UnacknowledgedBytes">In the kernel, not acknowledged.</param>
/// <param name="LastWriteSeconds">Since data was last sent.</param>
/// <param name="LastAcknowledgementSeconds">Since something was acknowledged.</param>
/// <param name="RttMilliseconds">Round trip.</param>
/// <param name="Retransmits">Segments sent again.</param>
/// <param name="Drops">Messages dropped for it.</param>
public sealed record LaggingConnection(
    string Id,
    string Node,
    string Protocol,
    string State,
    string? RemoteAddress,
    [property: Description("Bytes waiting in the node.")] long QueuedBytes,
    [property: Description("Bytes in the kernel's send buffer that are not sent.")] int? UnsentBytes,
    [property: Description("Bytes in the kernel's send buffer that are not acknowledged, the unsent ones among them.")] int? UnacknowledgedBytes,
    [property: Description("Since data was last sent to the client.")] double? LastWriteSeconds,
    [property: Description("Since the client's side last acknowledged anything.")] double? LastAcknowledgementSeconds,
    double? RttMilliseconds,
    int? Retransmits,
    [property: Description("Publications dropped for it: by its channels' rules since it subscribed, or because it is being closed as a slow consumer.")] long Drops)
{
    internal long BehindBytes => QueuedBytes + (UnacknowledgedBytes ?? 0);

    internal static LaggingConnection Of(Connection connection, string node, long drops)
    {
        var kernel = connection.ReadKernelState();
        return new LaggingConnection(
            connection.Id.ToString(),
            node,
            connection.Protocol?.Name ?? "",
            Words.Of(connection.State),
            IpText.Format(connection.RemoteEndPoint),
            connection.QueuedBytes,
            kernel?.UnsentBytes,
            kernel?.UnacknowledgedBytes,
            kernel?.SinceSentMilliseconds / 1000d,
            kernel?.SinceAcknowledgedMilliseconds / 1000d,
            kernel?.RoundTripMicroseconds / 1000d,
            kernel?.Retransmits,
            drops);
    }
}
