using System.ComponentModel;

namespace Gateway.Core.Access;

/// <summary>What the rules say of one wish, and why, for operators.</summary>
/// <param name="Result">allowed, forbidden, unavailable or undecided.</param>
/// <param name="Rule">The index of the rule that decides; null: none is about the channel.</param>
/// <param name="Pattern">Its pattern.</param>
/// <param name="Audience">Whom it lets.</param>
/// <param name="Why">In words.</param>
/// <param name="Question">What the backend would be asked.</param>
/// <param name="Refusal">What a client would be told.</param>
public sealed record AccessExplanation(
    [property: Description("allowed, forbidden, unavailable (the backend could not be asked), or undecided: a subscription token or the backend decides.")] string Result,
    [property: Description("The place of the rule that decides, from 0; absent: no rule is about the channel, and nobody may.")] int? Rule,
    string? Pattern,
    [property: Description("Whom the rule lets: anyone, authenticated, claim, token, authorizer, nobody.")] string? Audience,
    [property: Description("In words.")] string Why,
    [property: Description("What the backend would be asked, or was.")] BackendQuestion? Question,
    [property: Description("What a client is told.")] string? Refusal);

/// <summary>What the backend is asked, as an operator sees it.</summary>
public sealed record BackendQuestion(string User, string Channel, string Action, IReadOnlyDictionary<string, string> Claims);

/// <summary>The rules that are in force.</summary>
/// <param name="Hash">The same on every node that has the same rules.</param>
/// <param name="LoadedAt">Since when they are.</param>
/// <param name="Rules">In their order.</param>
public sealed record RulesInForce(string Hash, DateTimeOffset LoadedAt, IReadOnlyList<AccessRule> Rules);
