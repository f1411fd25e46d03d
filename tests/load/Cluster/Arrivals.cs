using Gateway.Load.Client;
using Gateway.Load.Reports;

namespace Gateway.Load.Cluster;

/// <summary>When each node took which clients.</summary>
internal sealed class Arrivals
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, List<long>> _byNode = [];

    public IReadOnlyCollection<string> Nodes => _byNode.Keys;

    public int Total => _byNode.Values.Sum(times => times.Count);

    /// <summary>The node took a client, now.</summary>
    public void Add(string node)
    {
        if (!_byNode.TryGetValue(node, out var times))
            _byNode[node] = times = [];
        times.Add(Loop.Clock.GetTimestamp());
    }

    /// <summary>Forgets all: a measurement begins.</summary>
    public void Clear() => _byNode.Clear();

    /// <summary>The most clients that a node took in any one second.</summary>
    public int Most(string node)
    {
        var times = _byNode[node];
        var (most, first) = (0, 0);
        for (var last = 0; last < times.Count; last++)
        {
            while (Loop.Clock.GetElapsedTime(times[first], times[last]) >= Window)
                first++;
            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    /// <summary>Clients a second over time, a line a node.</summary>
    /// <param name="title">Of the chart.</param>
    /// <param name="from">Timestamp of its left edge.</param>
    /// <param name="to">Timestamp of its right edge.</param>
    /// <param name="ceiling">What each node says it can take; null: a line for it says nothing.</param>
    public Chart Draw(string title, long from, long to, double? ceiling = null)
    {
        var end = Loop.Clock.GetElapsedTime(from, to).TotalSeconds;
        var nodes = _byNode.OrderBy(node => node.Key, StringComparer.Ordinal).Select(node => new ChartSeries(node.Key, [(0, 0), .. Rates(node.Value, from, to)]));
        return new Chart(title, "/s", ceiling is { } known ? [new ChartSeries("ceiling", [(0, known), (end, known)]), .. nodes] : [.. nodes]);
    }

    private static IEnumerable<(double Seconds, double Rate)> Rates(List<long> times, long from, long to)
    {
        var (first, next) = (0, 0);
        for (var end = Step; end <= Loop.Clock.GetElapsedTime(from, to); end += Step)
        {
            while (next < times.Count && Loop.Clock.GetElapsedTime(from, times[next]) < end)
                next++;
            while (first < next && Loop.Clock.GetElapsedTime(from, times[first]) < end - Window)
                first++;
            yield return (end.TotalSeconds, (next - first) / Window.TotalSeconds);
        }
    }
}
