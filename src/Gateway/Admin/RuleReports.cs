using System.ComponentModel;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Core.Access;

namespace Gateway.Admin;

internal sealed record RuleList(
    [property: Description("The same on every node that has the same rules.")] string Hash,
    [property: Description("Since when they are in force.")] DateTimeOffset LoadedAt,
    [property: Description("In their order: the first whose pattern has a channel's shape decides.")] IReadOnlyList<RuleReport> Rules)
{
    public static RuleList Of(RulesInForce rules) => new(rules.Hash, rules.LoadedAt, [.. rules.Rules.Select(RuleReport.Of)]);
}

internal sealed record RuleReport(
    int Index,
    string Pattern,
    [property: Description("anyone, authenticated, claim, token, authorizer or nobody.")] string Subscribe,
    [property: Description("anyone, authenticated, claim, authorizer or nobody.")] string Publish,
    [property: Description("Of a client's publication; 0: the node's limit.")] int MaxPublicationBytes,
    [property: Description("While the backend cannot be asked: deny, allow, or inherit.")] string AuthorizerFailure)
{
    public static RuleReport Of(AccessRule rule) => new(
        rule.Index,
        rule.Pattern.Text,
        ChoiceText.Format(rule.Options.Subscribe.ToString()),
        ChoiceText.Format(rule.Options.Publish.ToString()),
        rule.Options.MaxPublicationBytes,
        ChoiceText.Format(rule.Options.AuthorizerFailure.ToString()));
}

/// <summary>A question to the rules.</summary>
internal sealed record RuleExplanationBody(
    [property: Description("The channel.")] string? Channel,
    [property: Description("The client's token. Either this or 'claims'; neither: an anonymous client.")] string? Token,
    [property: Description("What a token would say: 'sub', other texts and numbers, and 'channels', a list of {\"pattern\",\"subscribe\",\"publish\"}.")] JsonElement? Claims,
    [property: Description("Whether the backend is really asked, where a rule leaves it to it. Its answer is remembered as any other.")] bool Ask = false);

internal sealed record RuleExplanation(
    string Channel,
    [property: Description("The user; empty: anonymous.")] string User,
    AccessExplanation Subscribe,
    AccessExplanation Publish);
