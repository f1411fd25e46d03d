using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Counts what happens per connection or rarer. Every series of its closed sets of tags is exported from the start, at zero: Prometheus sees
/// no increase in a series that first appears at 1, and an alert would miss the first event, which may be the only one.
/// </summary>
public sealed class EventCounter
{
    private readonly ConcurrentDictionary<(string First, string Second), StrongBox<long>> _series = new();
    private readonly MetricLabel[] _labels;

    /// <param name="meter">Where it is made.</param>
    /// <param name="name">Its name, by which <see cref="MetricLabels"/> knows its tags.</param>
    /// <param name="unit">What is counted.</param>
    /// <param name="description">For operators.</param>
    /// <param name="occurs">Which pairs of values there are; null: all.</param>
    internal EventCounter(Meter meter, string name, string unit, string description, Func<string, string, bool>? occurs = null)
    {
        _labels = MetricLabels.Of(name);
        foreach (var first in ValuesOf(0))
        {
            foreach (var second in ValuesOf(1))
            {
                if (occurs?.Invoke(first, second) ?? true)
                    _series[(first, second)] = new StrongBox<long>();
            }
        }

        meter.CreateObservableCounter(name, Measure, unit, description);
    }

    /// <summary>All events so far.</summary>
    public long Total => _series.Values.Sum(count => Volatile.Read(ref count.Value));

    /// <summary>Counts events.</summary>
    public void Add(long amount) => Add(amount, "", "");

    /// <summary>Counts events by one tag.</summary>
    public void Add(long amount, KeyValuePair<string, object?> tag) => Add(amount, Text(tag), "");

    /// <summary>Counts events by two tags, in the order of <see cref="MetricLabels"/>.</summary>
    public void Add(long amount, KeyValuePair<string, object?> first, KeyValuePair<string, object?> second) => Add(amount, Text(first), Text(second));

    private static string Text(KeyValuePair<string, object?> tag) => tag.Value as string ?? "";

    private IEnumerable<string> ValuesOf(int label) => label < _labels.Length ? _labels[label].Values : [""];

    private void Add(long amount, string first, string second) =>
        Interlocked.Add(ref _series.GetOrAdd((first, second), static _ => new StrongBox<long>()).Value, amount);

    private IEnumerable<Measurement<long>> Measure() => _series.Select(series =>
    {
        var (first, second) = series.Key;
        KeyValuePair<string, object?>[] tags = [.. _labels.Zip([first, second], (label, value) => new KeyValuePair<string, object?>(label.Name, value))];
        return new Measurement<long>(Volatile.Read(ref series.Value.Value), tags);
    });
}
