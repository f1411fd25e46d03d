using Gateway.Core.Options;

namespace Gateway.Core.Channels;

/// <summary>Who may do what in which channel: the first pattern that matches decides; where none does, nobody may anything.</summary>
internal sealed class ChannelRules
{
    private readonly RuleOptions[] _rules;

    public ChannelRules(IEnumerable<RuleOptions> rules)
    {
        _rules = [.. rules];
        if (_rules.Length == 0)
            _rules = [new RuleOptions()];
    }

    public bool MaySubscribe(ChannelName channel) => Find(channel)?.Subscribe == RuleAudience.Anyone;

    public bool MayPublish(ChannelName channel) => Find(channel)?.Publish == RuleAudience.Anyone;

    private RuleOptions? Find(ChannelName channel) => Array.Find(_rules, rule => Matches(rule.Pattern, channel.Text));

    /// <summary>Whether a name fits a pattern in which <c>*</c> stands for any run of characters. Linear in the name for each star.</summary>
    internal static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0, n = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, resume) = (p++, n);
            else if (p < pattern.Length && pattern[p] == name[n])
                (p, n) = (p + 1, n + 1);
            else if (star >= 0)
                (p, n) = (star + 1, ++resume); // the last star takes one character more
            else
                return false;
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
