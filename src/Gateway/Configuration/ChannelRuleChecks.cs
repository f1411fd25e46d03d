using System.Globalization;
using Gateway.Core.Access;
using Gateway.Core.Options;

namespace Gateway.Configuration;

/// <summary>What rules about channels must hold, at start and whenever they are read again.</summary>
internal static class ChannelRuleChecks
{
    public static IReadOnlyList<ConfigurationError> Check(GatewaySettings settings, IReadOnlyList<ConfigurationError> known)
    {
        var wrong = known.Select(error => error.Option).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var errors = new List<ConfigurationError>();
        var patterns = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!wrong.Any(static option => option.StartsWith(SubscriptionTokenKeyChecks.Option, StringComparison.OrdinalIgnoreCase)) && SubscriptionTokenKeyChecks.Check(settings) is { } keyFault)
            errors.Add(keyFault);
        foreach (var (path, rule) in settings.RulePaths.Zip(settings.Gateway.Rules))
        {
            if (!ChannelPattern.TryParse(rule.Pattern, out _, out var fault))
                errors.Add(new(path + ":Pattern", rule.Pattern, fault + ".", "Set channel names, '*' for any run of characters, {claim} for what a token says, such as user:{sub} or team:{team}:*."));
            else if (!patterns.TryAdd(rule.Pattern, path))
                errors.Add(new(path + ":Pattern", rule.Pattern, $"is {patterns[rule.Pattern]}'s pattern as well, which decides.", "Remove one of the two."));
            errors.AddRange(CheckRule(settings, path, rule).Where(error => !wrong.Contains(error.Option)));
        }

        return errors;
    }

    /// <summary>Rules that never decide, since an earlier one is about all their channels. It is no error: the order may be meant to change.</summary>
    public static IEnumerable<UnreachableRule> FindUnreachable(GatewaySettings settings)
    {
        var patterns = settings.Gateway.Rules.Select(rule => ChannelPattern.Parse(rule.Pattern)).ToArray();
        for (var i = 1; i < patterns.Length; i++)
        {
            var by = Array.FindIndex(patterns, 0, i, earlier => earlier.Covers(patterns[i]));
            if (by >= 0)
                yield return new UnreachableRule(settings.RulePaths[i], patterns[i].Text, settings.RulePaths[by], patterns[by].Text);
        }
    }

    /// <summary>What new rules need that a running node has not got: it takes a restart.</summary>
    public static IEnumerable<ConfigurationError> FindMissing(GatewaySettings running, GatewaySettings read)
    {
        foreach (var (path, rule) in read.RulePaths.Zip(read.Gateway.Rules))
        {
            if (!running.Authorizer.IsEnabled && (rule.Subscribe == RuleAudience.Authorizer || rule.Publish == RuleAudience.Authorizer))
                yield return new(path, null, "asks an authorizer, and the node was started without one.", "Restart it.");
            if (!running.SubscriptionTokens.IsEnabled && rule.Subscribe == RuleAudience.Token)
                yield return new(path, null, "asks for subscription tokens, and the node was started without a key for them.", "Restart it.");
        }
    }

    private static IEnumerable<ConfigurationError> CheckRule(GatewaySettings settings, string path, RuleOptions rule)
    {
        if (rule.Publish == RuleAudience.Token)
            yield return new(path + ":Publish", "token", "is for subscribing: there is no token for a publication.", "Set claim or authorizer.");
        if (rule.Subscribe == RuleAudience.Token && !settings.SubscriptionTokens.IsEnabled)
            yield return new(path + ":Subscribe", "token", "lets nobody subscribe: there is no key for subscription tokens.", "Set Gateway:Auth:SubscriptionTokens:HmacKey or HmacKeyPath.");
        foreach (var (option, audience) in new[] { (":Subscribe", rule.Subscribe), (":Publish", rule.Publish) })
        {
            if (audience == RuleAudience.Authorizer && !settings.Authorizer.IsEnabled)
                yield return new(path + option, "authorizer", "lets nobody: there is no backend to ask.", "Set Gateway:Authorizer:Uri.");
        }

        if (rule.AuthorizerFailure != AuthorizerFailure.Inherit && rule.Subscribe != RuleAudience.Authorizer && rule.Publish != RuleAudience.Authorizer)
            yield return new(path + ":AuthorizerFailure", ChoiceText.Format(rule.AuthorizerFailure.ToString()), "has no effect: the rule asks no authorizer.", "Remove it, or set Subscribe or Publish to authorizer.");
        var most = settings.Gateway.Limits.MaxPublicationBytes;
        if (rule.MaxPublicationBytes > most)
        {
            yield return new(path + ":MaxPublicationBytes", rule.MaxPublicationBytes.ToString(CultureInfo.InvariantCulture),
                $"is more than Gateway:Limits:MaxPublicationBytes ({SizeText.Format(most)}), which holds in any case.", $"Set at most {SizeText.Format(most)}, or raise the other.");
        }
    }
}

/// <summary>A rule that never decides.</summary>
/// <param name="Path">Its path in the configuration.</param>
/// <param name="Pattern">Its pattern.</param>
/// <param name="By">The path of the rule that decides in its place.</param>
/// <param name="ByPattern">That one's pattern.</param>
internal sealed record UnreachableRule(string Path, string Pattern, string By, string ByPattern);
