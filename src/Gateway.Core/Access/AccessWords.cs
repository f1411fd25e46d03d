using Gateway.Core.Options;

namespace Gateway.Core.Access;

/// <summary>Why a verdict is as it is, in words for operators: they may know of patterns and claims, clients may not.</summary>
internal static class AccessWords
{
    /// <param name="verdict">What the rules, and whoever was asked, have said.</param>
    /// <param name="client">Of whom.</param>
    /// <param name="channel">Of which channel.</param>
    /// <param name="action">Of what.</param>
    public static string Why(in AccessVerdict verdict, ClientIdentity client, string channel, ChannelAction action)
    {
        if (verdict.Rule is not { } rule)
            return "No rule's pattern matches the channel, so nobody may.";
        var name = $"Rule {rule.Index}, '{rule.Pattern}',";
        if (rule.Pattern.Match(channel, client) == PatternMatch.NotYours)
            return $"{name} has the channel's shape, so it decides, and no later rule does. {WhyNotYours(rule.Pattern, client)}";
        return (rule.Audience(action), verdict.Result) switch
        {
            (RuleAudience.Anyone, _) => $"{name} lets anyone whom it is about.",
            (RuleAudience.Nobody, _) => $"{name} lets nobody.",
            (RuleAudience.Authenticated, AccessResult.Allowed) => $"{name} lets every client with a token, and this is '{client.Subject}'.",
            (RuleAudience.Authenticated, _) => $"{name} lets clients with a token, and this one has none.",
            (RuleAudience.Claim, AccessResult.Allowed) => $"{name} leaves it to the token, whose claim 'channels' allows it.",
            (RuleAudience.Claim, _) => $"{name} leaves it to the token, none of whose {client.Grants.Count} grants allows it.",
            (RuleAudience.Token, AccessResult.Undecided) => $"{name} asks for a subscription token for the channel, which the client shows when it subscribes.",
            (RuleAudience.Token, _) => $"{name} asks for a subscription token for the channel: {verdict.Reason}",
            (_, AccessResult.Undecided) => $"{name} leaves it to the backend, which was not asked now.",
            (_, AccessResult.Allowed) => $"{name} leaves it to the backend, which allows it, or could not be asked where that is enough.",
            (_, AccessResult.Unavailable) => $"{name} leaves it to the backend, which could not be asked.",
            _ => $"{name} leaves it to the backend, which does not allow it: {verdict.Reason}",
        };
    }

    private static string WhyNotYours(ChannelPattern pattern, ClientIdentity client)
    {
        var values = pattern.Placeholders.Distinct().Select(claim => (claim == "sub" ? client.Subject : client.Claims.GetValueOrDefault(claim)) switch
        {
            null or "" => $"no {claim}",
            var value when value.Contains(':', StringComparison.Ordinal) => $"the {claim} '{value}', which no placeholder takes for its ':'",
            var value => $"the {claim} '{value}'",
        });
        return $"The channel is not this client's: it has {string.Join(" and ", values)}.";
    }
}
