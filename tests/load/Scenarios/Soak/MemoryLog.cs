using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Soak;

/// <summary>The node's memory over the run.</summary>
internal sealed class MemoryLog(Target target)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly long _start = Loop.Clock.GetTimestamp();
    private readonly List<(double X, double Y)> _resident = [];
    private readonly List<(double X, double Y)> _heap = [];
    private long _lookedAt;

    /// <summary>Looks, if it is time.</summary>
    public void Look()
    {
        var now = Loop.Clock.GetTimestamp();
        if (_lookedAt != 0 && Loop.Clock.GetElapsedTime(_lookedAt, now) < Interval)
            return;
        _lookedAt = now;
        var seconds = Loop.Clock.GetElapsedTime(_start, now).TotalSeconds;
        _resident.Add((seconds, target.Usage.ResidentBytes / 1e6));
        if (target.Admin is { } admin)
            _heap.Add((seconds, admin.Metrics().HeapBytes / 1e6));
    }

    public void AddTo(Report report, double maxGrowthPercent)
    {
        report.Draw(new Chart("Memory of the node, looked at every 5 s", "MB", [new ChartSeries("resident", _resident), new ChartSeries("managed heap after the last collection", _heap)]));
        var (early, late) = Quarters(_resident);
        var growth = (late - early) / early * 100;
        report.Add("resident memory, median of the second quarter", early, "MB");
        report.Add("resident memory, median of the last quarter", late, "MB");
        report.Add("resident memory, slope after the first quarter", 60 * Statistics.Slope([.. _resident.Skip(_resident.Count / 4)]), "MB a minute");
        report.Check("resident memory is flat", growth <= maxGrowthPercent, $"{growth:0.0} % from the second to the last quarter, at most {maxGrowthPercent} %");
    }

    /// <summary>The medians of the second and of the last quarter: the first one warms up.</summary>
    public static (double Early, double Late) Quarters(IReadOnlyList<(double X, double Y)> points)
    {
        var quarter = Math.Max(1, points.Count / 4);
        return (Statistics.Median(points.Skip(quarter).Take(quarter).Select(point => point.Y)), Statistics.Median(points.TakeLast(quarter).Select(point => point.Y)));
    }
}
