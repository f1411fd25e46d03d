using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Slow;

internal static class SlowScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A queue that fills within a phase, so that each phase holds all of it: filling, verdict, and the time after.</summary>
    public static readonly (string, string)[] NodeOptions =
    [
        ("Gateway:Limits:MaxQueueBytes", "1048576"),
        ("Gateway:Limits:MaxMessageBytes", "262144"),
        ("Gateway:Limits:MaxPublicationBytes", "262144"),
    ];

    public static Report Run(Loop loop, TargetSettings targetSettings, SlowSettings settings)
    {
        using var target = new Target(loop, targetSettings, NodeOptions);
        using var audience = new Audience(loop, target, settings.Subscribers, channels: 1, settings.Size, ProtocolOption.Plain);
        var stuck = new StuckClients();
        using var pool = stuck.Pool = new ClientPool(loop, target.EndPoint, settings.Stuck, audience.RequestOf, stuck, StuckClients.ReceiveBuffer);
        Phase(loop, audience, settings, "warming up"); // warms up, and is not reported
        var rented = target.Admin?.Metrics().Rented;

        var phases = new List<(double Without, double With)>();
        for (var round = 0; round < settings.Rounds; round++)
        {
            var without = Phase(loop, audience, settings, $"round {round + 1}, without");
            pool.OpenUpTo(settings.Stuck);
            var with = Phase(loop, audience, settings, $"round {round + 1}, with");
            pool.CloseAll();
            phases.Add((without, with));
        }

        var ratio = Statistics.Median(phases.Select(phase => phase.With / phase.Without));
        var report = new Report(
            $"slow: {settings.Subscribers} subscribers, {settings.Stuck} that stop reading, {settings.Rate}/s of {settings.Size} B, {settings.Rounds} × 2 × {settings.Duration.TotalSeconds} s");
        report.Add("p99 without, median", Statistics.Median(phases.Select(phase => phase.Without)), "ms");
        report.Add("p99 with, median", Statistics.Median(phases.Select(phase => phase.With)), "ms");
        report.Add("ratio, median of the pairs", ratio, "×");
        report.Check("the others hardly notice", ratio <= settings.MaxRatio, $"{ratio:0.00} ×, at most {settings.MaxRatio:0.0}");
        CheckVerdicts(loop, target, settings, rented, report);
        audience.Check(report);
        return report;
    }

    /// <summary>One phase's p99 of those who read, in milliseconds.</summary>
    private static double Phase(Loop loop, Audience audience, SlowSettings settings, string name)
    {
        loop.Observer.Phase = name;
        audience.Subscribers.Begin();
        audience.RunRate(loop, settings.Rate, settings.Duration);
        audience.Settle(loop);
        return audience.Subscribers.Latency.Percentile(99);
    }

    /// <summary>A queue that has filled must have had its verdict; only a node with this scenario's own limits is sure to have filled it.</summary>
    private static void CheckVerdicts(Loop loop, Target target, SlowSettings settings, double? rented, Report report)
    {
        if (target.Process is null)
            return;
        var expected = settings.Stuck * settings.Rounds;
        var isClosed = loop.RunUntil(() => target.RequiredAdmin.Metrics() is var metrics && metrics.Rented == rented && metrics.SlowConsumers >= expected, Patience);
        var after = target.RequiredAdmin.Metrics();
        report.Check("each was closed as a slow consumer, and its memory came back", isClosed, $"{after.SlowConsumers} of {expected}, {after.Rented} rentals, {rented} before");
    }
}
