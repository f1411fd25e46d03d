using Gateway.Core.Telemetry;

namespace Gateway.Integration.Fixtures;

/// <summary>Why a node's connections ended, as its metric says.</summary>
internal sealed class Endings : IDisposable
{
    private readonly MetricsReader _reader;
    private readonly Dictionary<string, double> _before;

    public Endings(GatewayMetrics metrics)
    {
        _reader = new MetricsReader(metrics);
        _before = Read();
    }

    /// <summary>One for each ending, in the reasons' alphabet.</summary>
    public IReadOnlyList<string> Reasons =>
        [.. Read().OrderBy(reason => reason.Key, StringComparer.Ordinal).SelectMany(reason => Enumerable.Repeat(reason.Key, (int)(reason.Value - _before[reason.Key])))];

    public void Dispose() => _reader.Dispose();

    private Dictionary<string, double> Read() =>
        MetricLabels.Of("gateway.closes")[0].Values.ToDictionary(reason => reason, reason => _reader.Sum("gateway.closes{protocol=", $",reason={reason}}}"));
}
