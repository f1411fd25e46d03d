namespace Gateway.Core.Telemetry;

/// <summary>Lets what could be repeated without end, a log line for instance, through once in a while.</summary>
/// <param name="time">Clock.</param>
/// <param name="interval">Between two times.</param>
public sealed class Rarely(TimeProvider time, TimeSpan interval)
{
    private long _next = long.MinValue; // on the clock's timestamps: a clock that is set back stops nothing

    /// <summary>Whether it may be now.</summary>
    public bool Now()
    {
        var now = time.GetTimestamp();
        var next = Volatile.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + (long)(interval.TotalSeconds * time.TimestampFrequency), next) == next;
    }
}
