using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Diagnosis;
using Gateway.Core.Options;

namespace Gateway.Core;

/// <summary>The rules about channels: which are in force, others in their place, and what they say.</summary>
public sealed partial class GatewayNode
{
    private long _rulesLoadedAt; // ticks of UTC

    /// <summary>Those in force.</summary>
    public RulesInForce Rules
    {
        get
        {
            var rules = _access.Rules;
            return new RulesInForce(rules.Hash, new DateTimeOffset(Volatile.Read(ref _rulesLoadedAt), TimeSpan.Zero), rules.All);
        }
    }

    /// <summary>The look through the subscriptions that the last change of rules began.</summary>
    internal Task RulesReviewed => _ruleChange.Reviewed;

    /// <summary>
    /// Puts other rules in force. What is asked from now on is judged by them; subscriptions that they do not allow are ended in the
    /// background. False: they are the ones in force.
    /// </summary>
    /// <param name="rules">Valid rules; none: the one that holds without any.</param>
    public bool ApplyRules(IEnumerable<RuleOptions> rules)
    {
        var list = rules.ToList();
        var isChange = _ruleChange.Apply(new ChannelRules(list), _stopped);
        if (isChange)
        {
            Volatile.Write(ref _rulesLoadedAt, _time.GetUtcNow().UtcTicks);
            var policies = new SlowConsumerPolicies(list);
            foreach (var shard in _shards)
                shard.Apply(policies);
        }

        return isChange;
    }

    /// <summary>What the rules say of a client's wish, and why.</summary>
    /// <param name="client">Who it would be.</param>
    /// <param name="channel">Where.</param>
    /// <param name="action">What.</param>
    /// <param name="ask">Whether the backend is asked, where the rule leaves it to it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<AccessExplanation> ExplainAccessAsync(
        ClientIdentity client, ChannelName channel, ChannelAction action, bool ask, CancellationToken cancellationToken)
    {
        var verdict = _access.Judge(channel, client, action);
        var isForBackend = verdict.IsUndecided && verdict.Rule!.Audience(action) == RuleAudience.Authorizer;
        // No connection's id: one that nobody has.
        if (isForBackend && ask)
            verdict = await _access.AskAsync(new AccessWish(client, default, channel, action), cancellationToken).ConfigureAwait(false);
        return new AccessExplanation(
            Words.Of(verdict.Result),
            verdict.Rule?.Index,
            verdict.Rule?.Pattern.Text,
            verdict.Rule is { } rule ? Words.Of(rule.Audience(action)) : null,
            AccessWords.Why(verdict, client, channel.Text, action),
            isForBackend ? new BackendQuestion(client.Subject, channel.Text, Words.Of(action), client.Claims) : null,
            verdict.Reason.Length > 0 ? verdict.Reason : null);
    }

    /// <summary>Why the rules refuse a connection a channel; null: they do not, or it is not here.</summary>
    private string? WhyRefused(string connection, ChannelName channel)
    {
        if (!ConnectionId.TryParse(connection, out var id) || !Connections.Registry.TryGet(id, out var found))
            return null;
        var verdict = _access.Judge(channel, found.Identity, ChannelAction.Subscribe);
        return verdict.Result == AccessResult.Forbidden ? AccessWords.Why(verdict, found.Identity, channel.Text, ChannelAction.Subscribe) : null;
    }
}
