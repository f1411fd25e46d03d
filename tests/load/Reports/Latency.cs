using Gateway.Load.Client;
using HdrHistogram;

namespace Gateway.Load.Reports;

/// <summary>Times, to three digits, up to a minute.</summary>
internal sealed class Latency
{
    private const long Highest = 60_000_000;

    private static readonly double[] CurvePercents = [0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100];

    private readonly LongHistogram _microseconds = new(Highest, numberOfSignificantValueDigits: 3);

    public long Count => _microseconds.TotalCount;

    /// <param name="startedAt">
    /// Timestamp of the clock: of the write in a closed loop, and in an open one of the time at which the write should have been, which is
    /// what corrects for coordinated omission.
    /// </param>
    public void Record(long startedAt) => Record(startedAt, Loop.Clock.GetTimestamp());

    /// <summary>The time between two timestamps.</summary>
    public void Record(long startedAt, long endedAt) =>
        _microseconds.RecordValue(Math.Clamp((long)Loop.Clock.GetElapsedTime(startedAt, endedAt).TotalMicroseconds, 0, Highest));

    /// <summary>Milliseconds that so many percent did not pass; 0: nothing was recorded.</summary>
    public double Percentile(double percent) => Count == 0 ? 0 : _microseconds.GetValueAtPercentile(percent) / 1000d;

    /// <summary>Percents, and the milliseconds that so many did not pass, as far as the count can tell.</summary>
    public IReadOnlyList<(double Percent, double Milliseconds)> Curve() =>
        [.. CurvePercents.Where(percent => percent >= 100 || Count * (100 - percent) > 99).Select(percent => (percent, Percentile(percent)))];

    /// <summary>Adds what another has recorded.</summary>
    public void Add(Latency other) => _microseconds.Add(other._microseconds);

    /// <summary>Counts by microseconds, to hand over to another process.</summary>
    public long[][] ToCounts() => [.. _microseconds.RecordedValues().Select(value => new[] { value.ValueIteratedTo, value.CountAddedInThisIterationStep })];

    /// <summary>Adds what another process has handed over.</summary>
    public void Add(long[][] counts)
    {
        foreach (var pair in counts)
            _microseconds.RecordValueWithCount(Math.Min(pair[0], Highest), pair[1]);
    }

    public void Reset() => _microseconds.Reset();
}
