using System.ComponentModel;

namespace Gateway.Core.Diagnosis;

/// <summary>Why a publication on a channel may not have been got, and what the nodes know of it.</summary>
/// <param name="Channel">The channel that was asked about.</param>
/// <param name="Connection">The connection; null: none in particular.</param>
/// <param name="Causes">Most important first; never empty.</param>
/// <param name="Facts">What each node that answered knows.</param>
/// <param name="Nodes">The nodes that were asked.</param>
public sealed record Explanation(
    string Channel,
    string? Connection,
    [property: Description("What is so now first, the surest of it before the rest, then what is over, the latest first; 'no_cause' when there is none.")] IReadOnlyList<FoundCause> Causes,
    [property: Description("What each node that answered knows.")] IReadOnlyList<NodeFacts> Facts,
    IReadOnlyList<AskedNode> Nodes);

/// <summary>A cause that applies.</summary>
/// <param name="Code">From a closed list; stable.</param>
/// <param name="Node">Where; null: nowhere in particular.</param>
/// <param name="Text">What is the case, in a sentence.</param>
/// <param name="Advice">What to do.</param>
/// <param name="At">When it was, of what is over; null: it is so now, or when it was is not known.</param>
public sealed record FoundCause(
    [property: Description("From the closed list in docs/operations.md.")] string Code,
    string? Node,
    string Text,
    [property: Description("What to do about it.")] string Advice,
    [property: Description("When it was, of what is over; absent: it is so now, or nobody knows when.")] DateTimeOffset? At = null);
