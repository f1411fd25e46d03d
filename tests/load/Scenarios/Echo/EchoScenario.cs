using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Echo;

internal static class EchoScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Report Run(Loop loop, TargetSettings targetSettings, EchoSettings settings)
    {
        using var target = new Target(loop, targetSettings, ("Gateway:Echo:Enabled", "true"));
        var clients = new EchoClients(settings.Connections, settings.Size);
        var request = UpgradeExchange.Request(target.PathOr("/echo"));
        using var pool = clients.Pool = new ClientPool(loop, target.EndPoint, settings.Connections, _ => request, clients);
        pool.OpenUpTo(settings.Connections);
        Measure(loop, target, clients, settings.InFlight[0], settings.Duration / 2); // warms up, and is not reported

        var rounds = Enumerable.Range(0, settings.Rounds)
            .Select(_ => settings.InFlight.Select(inFlight => (inFlight, Round: Measure(loop, target, clients, inFlight, settings.Duration))).ToList())
            .SelectMany(round => round)
            .ToLookup(measured => measured.inFlight, measured => measured.Round);

        var report = new Report($"echo: {settings.Connections} clients, {settings.Size} B, {settings.Rounds} × {settings.Duration.TotalSeconds} s, medians");
        foreach (var inFlight in rounds)
            Add(report, $"{inFlight.Key} in flight: ", [.. inFlight]);
        report.Add("node's resident memory", target.Usage.ResidentBytes / 1e6, "MB");
        report.Check("every message came back", clients.Returned == clients.Sent, $"{clients.Sent:N0} sent, {clients.Returned:N0} back");
        report.Check("unchanged", clients.Changed == 0, $"{clients.Changed} changed");
        report.Check("no connection was lost", pool.Open == settings.Connections, $"{pool.Open} of {settings.Connections} open");
        return report;
    }

    private static EchoRound Measure(Loop loop, Target target, EchoClients clients, int inFlight, TimeSpan duration)
    {
        var before = clients.Returned;
        var measurement = new Measurement(target);
        clients.Start(inFlight);
        loop.RunFor(duration);
        var round = new EchoRound(measurement.Per(clients.Returned - before), clients.Latency.Percentile(50), clients.Latency.Percentile(99), clients.Latency.Percentile(99.9));
        clients.Stop();
        loop.RunUntil(() => clients.Returned == clients.Sent, Patience);
        return round;
    }

    private static void Add(Report report, string prefix, EchoRound[] rounds)
    {
        double MedianOf(Func<EchoRound, double> value) => Statistics.Median(rounds.Select(value));
        report.Add(prefix + "messages", MedianOf(round => round.Cost.PerSecond), "/s");
        if (rounds[0].Cost.NodeMicroseconds is not null)
            report.Add(prefix + "node's CPU", MedianOf(round => round.Cost.NodeMicroseconds ?? 0), "µs a message");
        report.Add(prefix + "load's CPU", MedianOf(round => round.Cost.LoadMicroseconds), "µs a message");
        report.Add(prefix + "latency p50", MedianOf(round => round.P50), "ms");
        report.Add(prefix + "latency p99", MedianOf(round => round.P99), "ms");
        report.Add(prefix + "latency p99.9", MedianOf(round => round.P999), "ms");
    }

    private readonly record struct EchoRound(MeasuredCost Cost, double P50, double P99, double P999);
}
