using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>One node for each flood, with limits as on the internet; listeners from other addresses, whose p99 is what counts.</summary>
internal static class FloodsScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Report Run(Loop loop, TargetSettings targetSettings, FloodsSettings settings)
    {
        var report = new Report(
            $"floods: {settings.Subscribers} subscribers, {settings.Rate}/s of {settings.Size} B, {(settings.Attack > 0 ? $"{settings.Attack} handshakes a second of attackers" : "as many of attackers as they can")}, {settings.Rounds} × 2 × {settings.Duration.TotalSeconds} s each");
        foreach (var flood in Flood.All.Where(flood => settings.Kinds.Contains(flood.Name)))
            Run(loop, targetSettings, settings, flood, report);
        return report;
    }

    private static void Run(Loop loop, TargetSettings targetSettings, FloodsSettings settings, Flood flood, Report report)
    {
        using var node = new FloodNode(loop, targetSettings, flood);
        var target = node.Target;
        using var audience = new Audience(loop, target, settings.Subscribers, channels: 1, settings.Size, ProtocolOption.Plain);
        Phase(loop, node, flood, audience, settings, "warming up"); // is not reported
        var rounds = new List<FloodRound>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            var without = Phase(loop, node, flood, audience, settings, $"round {round}, without");
            var attackers = flood.Attackers();
            using var thread = new FloodThread(node.Attacked, flood, attackers, settings.Attack);
            var with = Phase(loop, node, flood, audience, settings, $"round {round}, with");
            thread.End();
            rounds.Add(new FloodRound(without, with, attackers));
            var isCalm = WaitForCalm(loop, target, audience);
            if (isCalm && audience.Pool.Open == settings.Subscribers)
                continue;
            // What follows would be measured on another node than what came before.
            report.Check($"{flood.Name}: calm afterwards", isCalm, $"the node has {target.RequiredAdmin.Metrics().Connections} connections and {target.RequiredAdmin.Metrics().Channels} channels, {audience.Pool.Open} listeners stand; given up after round {round}");
            break;
        }

        Tell(report, flood, settings, rounds, target.RequiredAdmin.Metrics());
        var sequences = audience.Subscribers.Sequences;
        report.Check(
            $"{flood.Name}: the others lost nothing",
            sequences is { Lost: 0, Duplicated: 0, Disordered: 0 } && audience.Pool.Open == settings.Subscribers && audience.Subscribers.Missing(audience.Publications.Published) == 0,
            $"{sequences.Lost} skipped of {audience.Publications.Total:N0} publications, {audience.Pool.Open} of {settings.Subscribers} open");
    }

    private static FloodPhase Phase(Loop loop, FloodNode node, Flood flood, Audience audience, FloodsSettings settings, string name)
    {
        loop.Observer.Phase = $"{flood.Name}: {name}";
        var target = node.Target;
        var probes = flood.Probe is null ? null : new FloodProbes(flood.Probe, node.Attacked);
        audience.Subscribers.Begin();
        var (cpu, start) = (target.Usage.Cpu, Loop.Clock.GetTimestamp());
        audience.RunRate(loop, settings.Rate, settings.Duration, probes is null ? null : probes.GoOn);
        var cores = (target.Usage.Cpu - cpu) / Loop.Clock.GetElapsedTime(start);
        audience.Settle(loop);
        return new FloodPhase(audience.Subscribers.Latency.Percentile(99), cores, target.Usage.ResidentBytes, target.RequiredAdmin.Metrics().Channels, probes?.Results(loop) ?? []);
    }

    /// <summary>Until the attackers are gone, and the channels that they named. False: they do not go.</summary>
    private static bool WaitForCalm(Loop loop, Target target, Audience audience)
    {
        loop.Observer.Phase = "waiting for calm";
        var asked = 0L;
        return loop.RunUntil(
            () =>
            {
                if (asked != 0 && Loop.Clock.GetElapsedTime(asked) < TimeSpan.FromMilliseconds(500))
                    return false;
                asked = Loop.Clock.GetTimestamp();
                return target.RequiredAdmin.Metrics() is { Channels: <= 1 } metrics && metrics.Connections == audience.Pool.Open;
            },
            Patience);
    }

    private static void Tell(Report report, Flood flood, FloodsSettings settings, List<FloodRound> rounds, NodeMetrics metrics)
    {
        double MedianOf(Func<FloodRound, double> value) => Statistics.Median(rounds.Select(value));
        var ratio = MedianOf(round => round.With.P99 / round.Without.P99);
        report.Add(flood.Name + ": p99 without, median", MedianOf(round => round.Without.P99), "ms");
        report.Add(flood.Name + ": p99 with, median", MedianOf(round => round.With.P99), "ms");
        report.Add(flood.Name + ": ratio, median of the pairs", ratio, "×");
        report.Add(flood.Name + ": node's CPU without", MedianOf(round => round.Without.Cores), "cores");
        report.Add(flood.Name + ": node's CPU with", MedianOf(round => round.With.Cores), "cores");
        report.Add(flood.Name + ": resident with, most", rounds.Max(round => round.With.ResidentBytes) / 1e6, "MB");
        report.Add(flood.Name + ": handshakes", rounds.Sum(round => round.Attackers.Handshakes), "");
        report.Add(flood.Name + ": cut without an answer", rounds.Sum(round => round.Attackers.Cut), "");
        if (rounds.Sum(round => round.Attackers.Frames) is > 0 and var frames)
            report.Add(flood.Name + ": frames", frames, "");
        var ends = rounds.SelectMany(round => round.Attackers.Ends).GroupBy(end => end.Key).ToDictionary(end => end.Key, end => end.Sum(each => each.Value));
        foreach (var (end, count) in ends.OrderBy(end => end.Key))
            report.Add($"{flood.Name}: ended with {end}", count, "");

        report.Check($"{flood.Name}: the others hardly notice", ratio <= settings.MaxRatio, $"{ratio:0.00} ×, at most {settings.MaxRatio:0.0}");
        report.Check(
            $"{flood.Name}: ended as it should",
            (flood.MayStay || ends.Count > 0 == flood.Ends.Length > 0) && ends.Keys.All(flood.Ends.Contains) && (flood.Limit.Length == 0 || metrics.Reached(flood.Limit) > 0),
            $"{(ends.Count == 0 ? "none was" : string.Join(", ", ends.Select(end => $"{end.Value} × {end.Key}")))}{(flood.Limit.Length == 0 ? "" : $"; the limit was met {metrics.Reached(flood.Limit)} times")}");
        if (flood.Probe is not null)
            TellNewcomers(report, flood, settings, rounds);
        if (rounds[0].Attackers is SubscribeAttackers { TooManyChannels: > 0 })
            TellNames(report, flood, rounds);
    }

    private static void TellNames(Report report, Flood flood, List<FloodRound> rounds)
    {
        var attackers = rounds.Select(round => (SubscribeAttackers)round.Attackers).ToList();
        report.Add(flood.Name + ": subscribed", attackers.Sum(each => each.Done), "");
        report.Add(flood.Name + ": refused, too many channels", attackers.Sum(each => each.TooManyChannels), "");
        var most = rounds.Max(round => round.With.Channels);
        report.Check($"{flood.Name}: no more channels than there may be", most <= Flood.ChannelsMost, $"{most:N0}, at most {Flood.ChannelsMost:N0}");
    }

    private static void TellNewcomers(Report report, Flood flood, FloodsSettings settings, List<FloodRound> rounds)
    {
        ProbeResult[] without = [.. rounds.SelectMany(round => round.Without.Newcomers)];
        ProbeResult[] with = [.. rounds.SelectMany(round => round.With.Newcomers)];
        report.Add(flood.Name + ": newcomers without, longest", without.Max(each => each.Seconds), "s");
        report.Add(flood.Name + ": newcomers with, longest", with.Max(each => each.Seconds), "s");
        var wrong = with.Where(each => each.Wrong is not null).GroupBy(each => each.Wrong!).OrderByDescending(each => each.Count()).ToList();
        report.Check(
            $"{flood.Name}: newcomers get what is theirs",
            wrong.Count == 0 && with.All(each => each.Seconds <= settings.MaxWait.TotalSeconds) && without.All(each => each.Wrong is null),
            $"{with.Count(each => each.Wrong is null)} of {with.Length} did, the last after {with.Max(each => each.Seconds):0.00} s, at most {settings.MaxWait.TotalSeconds}{string.Concat(wrong.Take(3).Select(each => $"; {each.Count()} × {each.Key}"))}");
    }

    private readonly record struct FloodPhase(double P99, double Cores, long ResidentBytes, double Channels, ProbeResult[] Newcomers);

    private readonly record struct FloodRound(FloodPhase Without, FloodPhase With, Attackers Attackers);
}
