using Gateway.Load.Client;
using HdrHistogram;

namespace Gateway.Load.Reports;

/// <summary>Times, to three digits, up to a minute.</summary>
internal sealed class Latency
{
    private const long Highest = 60_000_000;

    private readonly LongHistogram _microseconds = new(Highest, numberOfSignificantValueDigits: 3);

    public long Count => _microseconds.TotalCount;

    /// <param name="startedAt">Timestamp of the clock.</param>
    public void Record(long startedAt) =>
        _microseconds.RecordValue(Math.Clamp((long)Loop.Clock.GetElapsedTime(startedAt).TotalMicroseconds, 0, Highest));

    /// <summary>Milliseconds that so many percent did not pass; 0: nothing was recorded.</summary>
    public double Percentile(double percent) => Count == 0 ? 0 : _microseconds.GetValueAtPercentile(percent) / 1000d;

    public void Reset() => _microseconds.Reset();
}
