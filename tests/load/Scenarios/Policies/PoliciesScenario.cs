using System.Globalization;
using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Policies;

/// <summary>
/// One node for each rule. All publications go to one channel; the numbers that other scenarios give to channels are the keys here, so that
/// everybody's check of sequences is one of keys.
/// </summary>
internal static class PoliciesScenario
{
    private const string Channel = "load-policies";

    private const long BudgetBytes = 512 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Little room in the kernel and in the queue, so that a phase holds all of it: filling, the rule's work, and the end.</summary>
    private static IEnumerable<(string, string)> NodeOptions(string policy) =>
    [
        ("Gateway:Limits:MaxQueueBytes", "65536"),
        ("Gateway:Limits:MaxMessageBytes", "16384"),
        ("Gateway:Limits:MaxPublicationBytes", "16384"),
        ("Gateway:Memory:BudgetBytes", BudgetBytes.ToString(CultureInfo.InvariantCulture)),
        ("Gateway:Transport:SendBufferBytes", "16384"),
        ("Gateway:Transport:SendTimeout", "5m"),
        ("Gateway:Heartbeat:Interval", "10m"), // who reads slowly answers pings slowly
        ("Gateway:Rules:0:Pattern", "*"),
        ("Gateway:Rules:0:SlowConsumer", policy),
        .. policy == "conflate" ? [("Gateway:Rules:0:ConflateKey", "/c")] : Array.Empty<(string, string)>(),
    ];

    public static Report Run(Loop loop, TargetSettings targetSettings, PoliciesSettings settings)
    {
        var report = new Report(
            $"policies: {settings.Subscribers} subscribers, {settings.Slow} slow ones, {settings.Rate}/s of {settings.Size} B, {settings.Keys} keys, {settings.Rounds} × 2 × {settings.Duration.TotalSeconds} s each");
        foreach (var policy in settings.Policies)
            Run(loop, targetSettings, settings, policy, report);
        return report;
    }

    private static void Run(Loop loop, TargetSettings targetSettings, PoliciesSettings settings, string policy, Report report)
    {
        using var target = new Target(loop, targetSettings, NodeOptions(policy));
        var names = Enumerable.Repeat(Channel, settings.Keys);
        var request = UpgradeExchange.Request(target.PathOr("/plain/" + Channel));
        var subscribers = new Subscribers(settings.Subscribers, settings.Keys, settings.Keys);
        using var fast = new ClientPool(loop, target.EndPoint, settings.Subscribers, _ => request, subscribers);
        var readers = new SlowReaders(settings.Slow, settings.Keys, settings.ReadEvery);
        using var slow = readers.Pool = new ClientPool(loop, target.EndPoint, settings.Slow, _ => request, readers, SlowReaders.ReceiveBuffer);
        using var publisher = target.Publisher(loop, names);
        var publications = new Publications(publisher, settings.Keys, settings.Size);
        loop.Observer.Count("deliveries", () => subscribers.Deliveries, () => fast.Open + slow.Open);

        loop.Observer.Phase = policy + ": connecting";
        fast.OpenUpTo(settings.Subscribers);
        WarmUp(loop, target, settings, subscribers, publications);
        var rounds = new List<PolicyRound>();
        for (var round = 0; round < settings.Rounds; round++)
        {
            loop.Observer.Phase = $"{policy}: round {round + 1}, without";
            var without = Phase(loop, target, settings, subscribers, publications, readers: null);
            slow.OpenUpTo(settings.Slow);
            WaitForSubscriptions(loop, target, settings.Subscribers + settings.Slow);
            readers.Begin();
            loop.Observer.Phase = $"{policy}: round {round + 1}, with";
            var with = Phase(loop, target, settings, subscribers, publications, readers);
            readers.ReadAll();
            // The others lose the newest, or their connection.
            if (policy is "conflate" or "drop-oldest")
                loop.RunUntil(() => HaveNewest(slow, readers, settings.Slow, publications) == slow.Open, Patience);
            rounds.Add(new PolicyRound(without, with, HaveNewest(slow, readers, settings.Slow, publications), slow.Open));
            slow.CloseAll();
            WaitForSubscriptions(loop, target, settings.Subscribers);
        }

        Tell(report, policy, settings, rounds, target.RequiredAdmin.Metrics(), readers);
        report.Check($"{policy}: those who read lost nothing", subscribers.Missing(publications.Published) == 0 && subscribers.Sequences.Lost == 0 && fast.Open == settings.Subscribers, $"{subscribers.Sequences.Lost} skipped, {fast.Open} of {settings.Subscribers} open");
        report.Check($"{policy}: nothing came twice or late", subscribers.Sequences is { Duplicated: 0, Disordered: 0 } && readers.Disordered == 0, $"{readers.Disordered} for slow ones");
    }

    private static void Tell(Report report, string policy, PoliciesSettings settings, List<PolicyRound> rounds, NodeMetrics metrics, SlowReaders readers)
    {
        double MedianOf(Func<PolicyRound, double> value) => Statistics.Median(rounds.Select(value));
        var ratio = MedianOf(round => round.With.P99 / round.Without.P99);
        report.Add(policy + ": p99 without, median", MedianOf(round => round.Without.P99), "ms");
        report.Add(policy + ": p99 with, median", MedianOf(round => round.With.P99), "ms");
        report.Add(policy + ": ratio, median of the pairs", ratio, "×");
        report.Add(policy + ": node's CPU without", MedianOf(round => round.Without.Cores), "cores");
        report.Add(policy + ": node's CPU with", MedianOf(round => round.With.Cores), "cores");
        report.Add(policy + ": resident without", MedianOf(round => round.Without.ResidentBytes) / 1e6, "MB");
        report.Add(policy + ": resident with", MedianOf(round => round.With.ResidentBytes) / 1e6, "MB");
        report.Add(policy + ": in queues with, most", rounds.Max(round => round.With.QueueBytes) / 1e6, "MB");
        report.Add(policy + ": dropped", metrics.Dropped("drop_oldest") + metrics.Dropped("drop_newest") + metrics.Dropped("slow_consumer"), "publications");
        report.Add(policy + ": conflated", metrics.Conflated, "publications");
        report.Add(policy + ": slow readers got", readers.Deliveries, "publications");
        report.Check($"{policy}: the others hardly notice", ratio <= settings.MaxRatio, $"{ratio:0.00} ×, at most {settings.MaxRatio:0.0}");
        var used = rounds.Max(round => round.With.UsedBytes);
        report.Check($"{policy}: memory stayed inside its budget", rounds.TrueForAll(round => round.With.MemoryStage == 0), $"{used / 1e6:0} MB used, {BudgetBytes / 1e6:0} MB allowed");
        var (effect, count) = policy switch
        {
            "disconnect" => ("closed", metrics.SlowConsumers),
            "conflate" => ("conflated", metrics.Conflated),
            _ => ("dropped", metrics.Dropped(policy.Replace('-', '_'))),
        };
        report.Check($"{policy}: the rule had work", count > 0, $"{count:N0} {effect}");
        if (policy != "disconnect")
            report.Check($"{policy}: no slow reader was closed", rounds.TrueForAll(round => round.SlowOpen == settings.Slow), $"{rounds.Min(round => round.SlowOpen)} of {settings.Slow} open");
        if (policy == "conflate")
            report.Check("conflate: each slow reader ended on the newest of every key", rounds.TrueForAll(round => round.HaveNewest == settings.Slow), $"{rounds.Min(round => round.HaveNewest)} of {settings.Slow}");
    }

    private static PolicyPhase Phase(Loop loop, Target target, PoliciesSettings settings, Subscribers subscribers, Publications publications, SlowReaders? readers)
    {
        subscribers.Begin();
        var (cpu, start) = (target.Usage.Cpu, Loop.Clock.GetTimestamp());
        var (timetable, last) = (new Timetable(settings.Rate, start), start);
        loop.RunFor(settings.Duration, () =>
        {
            var now = Loop.Clock.GetTimestamp();
            publications.PublishDue(loop, timetable);
            readers?.ReadSome(Loop.Clock.GetElapsedTime(last, now));
            last = now;
            if (readers is not null)
                loop.WakeAt(now + (Loop.Clock.TimestampFrequency / 100));
        });
        var cores = (target.Usage.Cpu - cpu) / Loop.Clock.GetElapsedTime(start);
        loop.RunUntil(() => subscribers.HaveAll(publications), Patience);
        var metrics = target.RequiredAdmin.Metrics();
        return new PolicyPhase(subscribers.Latency.Percentile(99), cores, target.Usage.ResidentBytes, metrics.QueueBytes, metrics.UsedBytes, metrics.MemoryStage);
    }

    private static void WarmUp(Loop loop, Target target, PoliciesSettings settings, Subscribers subscribers, Publications publications)
    {
        WaitForSubscriptions(loop, target, settings.Subscribers);
        publications.PublishToAll();
        if (!loop.RunUntil(() => subscribers.HaveAll(publications), Patience))
            throw new LoadException($"Not every subscriber gets what is published. {publications.Refusal}");
    }

    /// <summary>Plain mode acknowledges none.</summary>
    private static void WaitForSubscriptions(Loop loop, Target target, int count)
    {
        var asked = 0L;
        var isReached = loop.RunUntil(
            () =>
            {
                if (asked != 0 && Loop.Clock.GetElapsedTime(asked) < TimeSpan.FromMilliseconds(200))
                    return false;
                asked = Loop.Clock.GetTimestamp();
                return target.RequiredAdmin.Metrics().Subscriptions == count;
            },
            Patience);
        if (!isReached)
            throw new LoadException($"The node has {target.RequiredAdmin.Metrics().Subscriptions} subscriptions, not {count}.");
    }

    private static int HaveNewest(ClientPool pool, SlowReaders readers, int count, Publications publications) =>
        Enumerable.Range(0, count).Count(client => client < pool.Clients.Length && pool.Clients[client].State == ClientState.Open && readers.HasNewest(client, publications.Published));

    private readonly record struct PolicyPhase(double P99, double Cores, long ResidentBytes, double QueueBytes, double UsedBytes, double MemoryStage);

    private readonly record struct PolicyRound(PolicyPhase Without, PolicyPhase With, int HaveNewest, int SlowOpen);
}
