using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios;

/// <summary>What one round of one mode cost.</summary>
/// <param name="Cost">CPU time.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="P999">Milliseconds.</param>
internal readonly record struct Round(MeasuredCost Cost, double P50, double P99, double P999);

/// <summary>Modes that are measured in turn, several times, so that a machine's drift meets all of them; medians are reported.</summary>
/// <param name="things">What is measured, such as "deliveries".</param>
/// <param name="thing">One of them.</param>
internal sealed class Rounds(string things, string thing)
{
    private readonly List<(string Mode, Round Round)> _rounds = [];
    private readonly Dictionary<string, Latency> _latencies = [];

    /// <summary>Adds a round; the latency is copied.</summary>
    public void Add(string mode, MeasuredCost cost, Latency latency)
    {
        _rounds.Add((mode, new Round(cost, latency.Percentile(50), latency.Percentile(99), latency.Percentile(99.9))));
        if (!_latencies.TryGetValue(mode, out var all))
            _latencies[mode] = all = new Latency();
        all.Add(latency);
    }

    public void AddTo(Report report)
    {
        foreach (var mode in _rounds.GroupBy(round => round.Mode, round => round.Round))
        {
            AddTo(report, mode.Key + ": ", [.. mode]);
            report.Draw(mode.Key, _latencies[mode.Key]);
        }
    }

    private void AddTo(Report report, string prefix, Round[] rounds)
    {
        double MedianOf(Func<Round, double> value) => Statistics.Median(rounds.Select(value));
        report.Add(prefix + things, MedianOf(round => round.Cost.PerSecond), "/s");
        if (rounds[0].Cost.NodeMicroseconds is not null)
            report.Add(prefix + "node's CPU", MedianOf(round => round.Cost.NodeMicroseconds ?? 0), $"µs a {thing}");
        if (rounds[0].Cost.NodeSends is not null)
            report.Add(prefix + "node's sends", MedianOf(round => round.Cost.NodeSends ?? 0), $"a {thing}");
        report.Add(prefix + "load's CPU", MedianOf(round => round.Cost.LoadMicroseconds), $"µs a {thing}");
        report.Add(prefix + "load's allocations", MedianOf(round => round.Cost.LoadAllocated), $"B a {thing}");
        report.Add(prefix + "latency p50", MedianOf(round => round.P50), "ms");
        report.Add(prefix + "latency p99", MedianOf(round => round.P99), "ms");
        report.Add(prefix + "latency p99.9", MedianOf(round => round.P999), "ms");
    }
}
