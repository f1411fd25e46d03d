using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Fanout;

internal static class FanoutScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Report Run(Loop loop, TargetSettings targetSettings, FanoutSettings settings)
    {
        using var target = new Target(loop, targetSettings);
        using var audience = new Audience(loop, target, settings.Subscribers, settings.Channels, settings.Size, settings.Protocol);
        int[] modes = settings.InFlight.Length > 0 ? settings.InFlight : [0];
        Measure(loop, target, audience, settings, modes[^1], settings.Duration / 2); // warms up, and is not reported

        var rounds = Enumerable.Range(0, settings.Rounds)
            .Select(_ => modes.Select(mode => (mode, Round: Measure(loop, target, audience, settings, mode, settings.Duration))).ToList())
            .SelectMany(round => round)
            .ToLookup(measured => measured.mode, measured => measured.Round);

        var report = new Report(
            $"fanout: {settings.Subscribers} subscribers ({settings.Protocol}), {settings.Channels} channels, {settings.Size} B, {settings.Rounds} × {settings.Duration.TotalSeconds} s, medians");
        foreach (var mode in rounds)
            Add(report, mode.Key > 0 ? $"{mode.Key} in flight: " : $"{settings.Rate} a second: ", [.. mode]);
        report.Add("node's resident memory", target.Usage.ResidentBytes / 1e6, "MB");
        Check(report, audience, settings.Subscribers);
        return report;
    }

    /// <summary>What must hold after everything has settled, whatever was measured.</summary>
    public static void Check(Report report, Audience audience, int subscribers)
    {
        var (seen, publications) = (audience.Subscribers, audience.Publications);
        var missing = seen.Missing(publications);
        report.Check("nothing was lost", seen.Lost == 0 && missing == 0, $"{seen.Lost} skipped, {missing} missing at the end, of {publications.Total:N0} publications");
        report.Check("nothing came twice or out of order", seen.Disordered == 0, $"{seen.Disordered} did");
        report.Check("no connection was lost", audience.Pool.Open == subscribers, $"{audience.Pool.Open} of {subscribers} open");
        report.Check("no publication was refused", audience.Refusal is null, audience.Refusal ?? "none was");
    }

    private static FanoutRound Measure(Loop loop, Target target, Audience audience, FanoutSettings settings, int inFlight, TimeSpan duration)
    {
        audience.Subscribers.Begin();
        var measurement = new Measurement(target);
        if (inFlight > 0)
            audience.Publications.RunWindow(loop, inFlight, duration);
        else
            audience.Publications.RunRate(loop, settings.Rate, duration);
        var (seen, latency) = (audience.Subscribers, audience.Subscribers.Latency);
        var round = new FanoutRound(measurement.Per(seen.Deliveries), latency.Percentile(50), latency.Percentile(99), latency.Percentile(99.9));
        audience.Publications.Settle(loop, Patience);
        return round;
    }

    private static void Add(Report report, string prefix, FanoutRound[] rounds)
    {
        double MedianOf(Func<FanoutRound, double> value) => Statistics.Median(rounds.Select(value));
        report.Add(prefix + "deliveries", MedianOf(round => round.Cost.PerSecond), "/s");
        if (rounds[0].Cost.NodeMicroseconds is not null)
            report.Add(prefix + "node's CPU", MedianOf(round => round.Cost.NodeMicroseconds ?? 0), "µs a delivery");
        report.Add(prefix + "load's CPU", MedianOf(round => round.Cost.LoadMicroseconds), "µs a delivery");
        report.Add(prefix + "latency p50", MedianOf(round => round.P50), "ms");
        report.Add(prefix + "latency p99", MedianOf(round => round.P99), "ms");
        report.Add(prefix + "latency p99.9", MedianOf(round => round.P999), "ms");
    }

    private readonly record struct FanoutRound(MeasuredCost Cost, double P50, double P99, double P999);
}
