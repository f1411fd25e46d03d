using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Diagnosis;
using Gateway.Core.Options;

namespace Gateway.Core.Rules;

/// <summary>The node's own.</summary>
internal sealed class RuleBook(ChannelAccess access, RuleChange change, ShardSet shards, TimeProvider time, CancellationToken stopped) : IRuleBook
{
    private long _loadedAt = time.GetUtcNow().UtcTicks;

    public RulesInForce Rules
    {
        get
        {
            var rules = access.Rules;
            return new RulesInForce(rules.Hash, new DateTimeOffset(Volatile.Read(ref _loadedAt), TimeSpan.Zero), rules.All);
        }
    }

    /// <summary>The look through the subscriptions that the last change of rules began.</summary>
    public Task Reviewed => change.Reviewed;

    public bool ApplyRules(IEnumerable<RuleOptions> rules)
    {
        var list = rules.ToList();
        if (!change.Apply(new ChannelRules(list), stopped))
            return false;
        Volatile.Write(ref _loadedAt, time.GetUtcNow().UtcTicks);
        shards.Apply(list);
        return true;
    }

    public async Task<AccessExplanation> ExplainAccessAsync(
        ClientIdentity client, ChannelName channel, ChannelAction action, bool ask, CancellationToken cancellationToken)
    {
        var verdict = access.Judge(channel, client, action);
        var isForBackend = verdict.IsUndecided && verdict.Rule!.Audience(action) == RuleAudience.Authorizer;
        // No connection's id: one that nobody has.
        if (isForBackend && ask)
            verdict = await access.AskAsync(new AccessWish(client, default, channel, action), cancellationToken).ConfigureAwait(false);
        return new AccessExplanation(
            Words.Of(verdict.Result),
            verdict.Rule?.Index,
            verdict.Rule?.Pattern.Text,
            verdict.Rule is { } rule ? Words.Of(rule.Audience(action)) : null,
            AccessWords.Why(verdict, client, channel.Text, action),
            isForBackend ? new BackendQuestion(client.Subject, channel.Text, Words.Of(action), client.Claims) : null,
            verdict.Reason.Length > 0 ? verdict.Reason : null);
    }
}
