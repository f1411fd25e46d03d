namespace Gateway.Core.Access;

/// <summary>
/// Judges subscription tokens: the backend signs for each channel that a client may subscribe to, and need not be asked. Implemented by
/// the host, which knows the key. Any thread; never throws for what a token holds.
/// </summary>
public interface ISubscriptionTokenValidator
{
    /// <summary>Judges a token: its signature and its time. Whom and what it is for is looked at by whoever asks.</summary>
    /// <param name="token">As the client gave it; never logged.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<SubscriptionTokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken);
}

/// <summary>What a subscription token is worth.</summary>
/// <param name="Grant">What it allows; null: the token is refused.</param>
/// <param name="Reason">Why it is refused, without anything of the token; empty: it is not.</param>
/// <param name="IsUnavailable">It could not be judged now, and the client may come again.</param>
public readonly record struct SubscriptionTokenVerdict(SubscriptionGrant? Grant, string Reason, bool IsUnavailable = false);

/// <summary>What a subscription token allows.</summary>
/// <param name="Subject">Claim <c>sub</c>: only this user may show it; null: whoever has it.</param>
/// <param name="Channel">Claim <c>channel</c>: this one, to the letter; null: none.</param>
/// <param name="Patterns">Claim <c>channels</c>: names, <c>*</c> standing for any run of characters.</param>
public sealed record SubscriptionGrant(string? Subject, string? Channel, IReadOnlyList<string> Patterns)
{
    /// <summary>Why a client may not subscribe to a channel with it; empty: it may.</summary>
    internal string FindFault(ClientIdentity client, string channel)
    {
        if (Subject is not null && Subject != client.Subject)
            return AccessReasons.TokenOfAnother;
        var isFor = Channel == channel || Patterns.Any(pattern => ChannelPattern.Matches(pattern, channel));
        return isFor ? "" : AccessReasons.TokenElsewhere;
    }
}
