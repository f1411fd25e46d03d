using System.ComponentModel;

namespace Gateway.Core.Diagnosis;

/// <summary>A channel's subscribers on all nodes.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Count">How many there are on the nodes that answered.</param>
/// <param name="Connections">Some of them, the longest connected first.</param>
/// <param name="Nodes">The nodes that were asked.</param>
public sealed record SubscriberReport(
    string Channel,
    [property: Description("Active subscriptions on the nodes that answered.")] long Count,
    [property: Description("Some of them, the longest connected first.")] IReadOnlyList<SubscriberInfo> Connections,
    IReadOnlyList<AskedNode> Nodes);

/// <summary>A connection that is subscribed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Node">The node that has it.</param>
/// <param name="Protocol">Its client protocol.</param>
/// <param name="User">Who the client is, by its token; null: nobody.</param>
/// <param name="RemoteAddress">The client's.</param>
/// <param name="ConnectedAt">When it was accepted.</param>
/// <param name="QueuedBytes">Waiting in the node.</param>
public sealed record SubscriberInfo(
    string Id,
    string Node,
    string Protocol,
    [property: Description("The user, by the client's token (claim sub); absent: an anonymous client.")] string? User,
    string? RemoteAddress,
    DateTimeOffset ConnectedAt,
    [property: Description("Bytes waiting in the node, of whichever channels.")] long QueuedBytes);

/// <summary>What one node knows of a channel's subscribers.</summary>
internal sealed record SubscriberFacts(int Count, IReadOnlyList<SubscriberInfo> Connections);
