using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Access;
using Gateway.Core.Options;

namespace Gateway.Core.Channels;

/// <summary>
/// Who may do what in which channel: the first pattern that matches decides; where none does, nobody may anything. Never changed: a
/// reload makes another.
/// </summary>
internal sealed class ChannelRules
{
    private readonly AccessRule[] _rules;

    public ChannelRules(IEnumerable<RuleOptions> rules)
    {
        _rules = [.. rules.DefaultIfEmpty(new RuleOptions()).Select(static (rule, index) => new AccessRule(index, rule))];
        Hash = HashOf(_rules);
    }

    /// <summary>In their order.</summary>
    public IReadOnlyList<AccessRule> All => _rules;

    /// <summary>The same on every node that has the same rules: 16 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>What the rules say by themselves; it asks nobody, and allocates nothing.</summary>
    public AccessVerdict Judge(ChannelName channel, ClientIdentity client, ChannelAction action)
    {
        foreach (var rule in _rules)
        {
            switch (rule.Pattern.Match(channel.Text, client))
            {
                case PatternMatch.Matches:
                    return rule.Judge(channel.Text, client, action);
                case PatternMatch.NotYours:
                    return new AccessVerdict(AccessResult.Forbidden, AccessReasons.NotYours, rule);
            }
        }

        return new AccessVerdict(AccessResult.Forbidden, AccessReasons.Nobody(action), null);
    }

    /// <summary>The rule that decides about a channel, for every client; null: none does.</summary>
    public AccessRule? Find(ChannelName channel) => Array.Find(_rules, rule => rule.Pattern.HasShapeOf(channel.Text));

    /// <summary>Whether a verdict's rule is one of these, and not of those before a reload.</summary>
    public bool Holds(AccessRule? rule) => rule is not null && rule.Index < _rules.Length && ReferenceEquals(_rules[rule.Index], rule);

    private static string HashOf(AccessRule[] rules)
    {
        var text = string.Join('\n', rules.Select(static rule =>
            $"{rule.Pattern} {rule.Options.Subscribe} {rule.Options.Publish} {rule.Options.MaxPublicationBytes} {rule.Options.AuthorizerFailure} {rule.Options.SlowConsumer} {rule.Options.ConflateKey} {rule.Options.MaxBehindBytes}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }
}
