using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Integration.Fixtures;

/// <summary>Reads one node's instruments as an exporter would.</summary>
internal sealed class MetricsReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _counted = new();
    private readonly ConcurrentDictionary<string, double> _observed = new();

    public MetricsReader(GatewayMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == metrics.Meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>
    /// A value by <c>name</c> or <c>name{tag=value,other=value}</c>, tags in their alphabet; 0 when there is none. A histogram's is
    /// its count.
    /// </summary>
    public double this[string series]
    {
        get
        {
            _observed.Clear();
            _listener.RecordObservableInstruments();
            return _observed.TryGetValue(series, out var value) || _counted.TryGetValue(series, out value) ? value : 0;
        }
    }

    /// <summary>Whether there is such a series, at zero too.</summary>
    public bool Has(string series)
    {
        _ = this[series];
        return _observed.ContainsKey(series) || _counted.ContainsKey(series);
    }

    /// <summary>The sum of an observable instrument's series that begin and end so.</summary>
    public double Sum(string start, string end)
    {
        _observed.Clear();
        _listener.RecordObservableInstruments();
        return _observed.Where(series => series.Key.StartsWith(start, StringComparison.Ordinal) && series.Key.EndsWith(end, StringComparison.Ordinal)).Sum(series => series.Value);
    }

    public Task BecomesAsync(string series, double value) =>
        Eventually.TrueAsync(() => this[series] == value, () => $"{series} is {this[series]}, not {value}.");

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var sorted = tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal);
        var labels = string.Join(',', sorted.Select(tag => $"{tag.Key}={tag.Value}"));
        var series = labels.Length == 0 ? instrument.Name : $"{instrument.Name}{{{labels}}}";
        if (instrument.IsObservable)
            _observed[series] = value;
        else
            _counted.AddOrUpdate(series, _ => Counted(instrument, value), (_, sum) => sum + Counted(instrument, value));
    }

    private static double Counted(Instrument instrument, double value) => instrument is Histogram<double> ? 1 : value;
}
