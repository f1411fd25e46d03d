using Gateway.Core.Access;
using Gateway.Core.Connections;
using Gateway.Core.Options;

namespace Gateway.Core.Channels;

/// <summary>What holds for slow consumers of which channels: the first pattern that matches decides, as everywhere in the rules.</summary>
internal sealed class SlowConsumerPolicies
{
    private readonly (ChannelPattern Pattern, SlowConsumerPolicy Policy)[] _rules;

    public SlowConsumerPolicies(IEnumerable<RuleOptions> rules) =>
        _rules = [.. rules.Select(rule => (ChannelPattern.Parse(rule.Pattern), new SlowConsumerPolicy(rule.SlowConsumer, PointerOf(rule), rule.MaxBehindBytes)))];

    public SlowConsumerPolicy Of(ChannelName channel)
    {
        foreach (var (pattern, policy) in _rules)
        {
            if (pattern.HasShapeOf(channel.Text))
                return policy;
        }

        return SlowConsumerPolicy.Default;
    }

    private static JsonPointer? PointerOf(RuleOptions rule) =>
        rule.ConflateKey.Length > 0 && JsonPointer.TryParse(rule.ConflateKey, out var pointer) ? pointer : null;
}
