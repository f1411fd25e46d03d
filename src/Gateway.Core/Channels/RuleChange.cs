using Gateway.Core.Access;
using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Channels;

/// <summary>
/// Puts other rules in force. What is asked from now on is judged by them; the subscriptions that are there already are looked through in
/// the background, and those ended that would be refused now. A subscription token counted when it was shown, and the backend's word
/// when it was given: neither is asked for again where the new rule leaves it to the same.
/// </summary>
internal sealed class RuleChange(
    ChannelAccess access, ConnectionRegistry registry, Func<Connection, Shard> shardOf, GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    // 2,000 a second: who loses a channel often asks for another, and those who stay should not notice.
    private const int EndedTogether = 100;

    // A tenth of the subscriptions: more than that is seldom meant, and said as a warning with an example.
    private const int Many = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FaultReporter _faults = new("access", Log.RuleChangeFault, metrics, time, log);
    private readonly Lock _lock = new();
    private Task _review = Task.CompletedTask;

    /// <summary>The look through the subscriptions that the last change began.</summary>
    public Task Reviewed
    {
        get
        {
            lock (_lock)
                return _review;
        }
    }

    /// <summary>False: they are the rules that are in force.</summary>
    public bool Apply(ChannelRules rules, CancellationToken stopped)
    {
        lock (_lock)
        {
            if (access.Rules.Hash == rules.Hash)
                return false;
            access.Rules = rules;
            // One after the other; each judges by the rules that are in force then.
            _review = ReviewAllAsync(_review, rules, stopped);
            return true;
        }
    }

    /// <summary>One subscription, allowed by a rule that was replaced before it was made.</summary>
    public void Review(SubscribeRequest request) =>
        _ = ReviewAsync(new Held(request.Connection, request.Channel, request.AllowedBy), new Tally(), CancellationToken.None).AsTask();

    private async Task ReviewAllAsync(Task before, ChannelRules rules, CancellationToken stopped)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var tally = new Tally();
            for (var stripe = 0; stripe < ConnectionRegistry.Stripes; stripe++)
                await ReviewAsync(registry.Snapshot(stripe), tally, stopped).ConfigureAwait(false);
            if (tally is { Ended: > 0, Example: (var channel, var why) } && (long)tally.Ended * Many >= tally.Looked)
                Log.RulesEndMany(log, rules.All.Count, rules.Hash, tally.Ended, tally.Looked, channel, why);
            else
                Log.RulesChanged(log, rules.All.Count, rules.Hash, tally.Ended);
        }
        catch (OperationCanceledException)
        {
            // The node stops, and with it every subscription.
        }
#pragma warning disable CA1031 // The rules are in force all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _faults.Report(e);
        }
    }

    private async Task ReviewAsync(Connection[] connections, Tally tally, CancellationToken stopped)
    {
        foreach (var ofShard in connections.GroupBy(shardOf))
        {
            // Seen from inside the shard, judged outside: deliveries do not wait for it.
            var held = await ofShard.Key.InspectAsync(_ => ofShard.SelectMany(HeldBy).ToList()).ConfigureAwait(false);
            tally.Looked += held.Count;
            foreach (var one in held)
            {
                if (await ReviewAsync(one, tally, stopped).ConfigureAwait(false) && tally.Ended % EndedTogether == 0)
                    await Task.Delay(Pause, time, stopped).ConfigureAwait(false);
            }
        }
    }

    /// <summary>True: it was ended.</summary>
    private async ValueTask<bool> ReviewAsync(Held held, Tally tally, CancellationToken stopped)
    {
        if (access.Rules.Holds(held.AllowedBy))
            return false;
        var client = held.Connection.Identity;
        var verdict = access.Judge(held.Channel, client, ChannelAction.Subscribe);
        if (verdict.IsUndecided)
        {
            var audience = verdict.Rule!.Options.Subscribe;
            if (audience == held.AllowedBy?.Options.Subscribe)
                return false;
            // Nobody has a token at hand that was not asked for it.
            if (audience == RuleAudience.Authorizer)
                verdict = await access.AskAsync(AccessWish.Of(held.Connection, held.Channel, ChannelAction.Subscribe), stopped).ConfigureAwait(false);
        }

        if (verdict.IsAllowed)
            return false;
        if (held.Connection.Protocol is IEndsSubscriptions protocol)
            protocol.EndSubscription(held.Connection, held.Channel);
        else
            held.Connection.Close(CloseReason.Forbidden); // what is forbidden ends, whatever a protocol has forgotten
        metrics.SubscriptionsForbidden.Add(1);
        tally.Ended++;
        tally.Example ??= (held.Channel.Text, AccessWords.Why(verdict, client, held.Channel.Text, ChannelAction.Subscribe));
        return true;
    }

    private static IEnumerable<Held> HeldBy(Connection connection) => connection.ShardState is Subscriber subscriber
        ? subscriber.Subscriptions.All.Select(subscription => new Held(connection, subscription.Channel.Name, subscription.AllowedBy))
        : [];

    /// <summary>What a look through the subscriptions has come to.</summary>
    private sealed class Tally
    {
        public int Looked { get; set; }

        public int Ended { get; set; }

        /// <summary>The first that was ended, and why.</summary>
        public (string Channel, string Why)? Example { get; set; }
    }

    /// <summary>A subscription, as it was seen.</summary>
    private readonly record struct Held(Connection Connection, ChannelName Channel, AccessRule? AllowedBy);
}
