using System.ComponentModel;

namespace Gateway.Core.Diagnosis;

/// <summary>A user's connections on all nodes.</summary>
/// <param name="User">Claim <c>sub</c> of their tokens.</param>
/// <param name="Count">How many there are on the nodes that answered.</param>
/// <param name="Connections">The first of them, a few of each node, with a few of their channels.</param>
/// <param name="Nodes">The nodes that were asked.</param>
public sealed record UserReport(
    string User,
    [property: Description("Connections on the nodes that answered.")] int Count,
    [property: Description("At most 20 of each node, with at most 10 of their channels.")] IReadOnlyList<ConnectionInfo> Connections,
    IReadOnlyList<AskedNode> Nodes);

/// <summary>What one node knows of a user.</summary>
internal sealed record UserFacts(int Count, IReadOnlyList<ConnectionInfo> Connections);

/// <summary>Why a user did not get a publication: the verdict for each of its connections.</summary>
/// <param name="Channel">The channel that was asked about.</param>
/// <param name="User">The user.</param>
/// <param name="Causes">Of the user itself: that it has no connection, and nodes that did not answer.</param>
/// <param name="Connections">The verdicts.</param>
/// <param name="Nodes">The nodes that were asked.</param>
public sealed record UserExplanation(
    string Channel,
    string User,
    [property: Description("What keeps the user from it, whatever its connections; empty: see them.")] IReadOnlyList<FoundCause> Causes,
    [property: Description("One for each connection that was found, 20 of each node and 200 in all at most.")] IReadOnlyList<Explanation> Connections,
    IReadOnlyList<AskedNode> Nodes);
