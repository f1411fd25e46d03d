namespace Gateway.Core.Access;

/// <summary>What a client wants to do in a channel.</summary>
public enum ChannelAction
{
    /// <summary>Get its publications.</summary>
    Subscribe,

    /// <summary>Publish to it.</summary>
    Publish,
}

/// <summary>How a question whether a client may is answered.</summary>
public enum AccessResult
{
    /// <summary>It may not.</summary>
    Forbidden,

    /// <summary>It may.</summary>
    Allowed,

    /// <summary>It could not be found out now; it may come again.</summary>
    Unavailable,

    /// <summary>The rules leave it to somebody who has to be asked: see <see cref="AccessRule.Audience"/>.</summary>
    Undecided,
}

/// <summary>Whether a client may do something in a channel.</summary>
/// <param name="Result">The answer.</param>
/// <param name="Reason">Why not, for the client: a text that is there already; empty: it may.</param>
/// <param name="Rule">Who decided; null: no rule is about the channel.</param>
public readonly record struct AccessVerdict(AccessResult Result, string Reason, AccessRule? Rule)
{
    /// <summary>It may, now.</summary>
    public bool IsAllowed => Result == AccessResult.Allowed;

    /// <summary>Somebody has to be asked.</summary>
    public bool IsUndecided => Result == AccessResult.Undecided;

    /// <summary>The same rule's word when it has been found out.</summary>
    public AccessVerdict Decided(AccessResult result, string reason) => new(result, reason, Rule);
}
