namespace Gateway.Core.Telemetry;

/// <summary>Lets a log line that a fault could repeat without end through once in a while.</summary>
/// <param name="time">Clock.</param>
/// <param name="interval">Between two lines.</param>
public sealed class Rarely(TimeProvider time, TimeSpan interval)
{
    private long _next = long.MinValue; // ticks of UTC

    /// <summary>Whether the line may be written now.</summary>
    public bool Now()
    {
        var now = time.GetUtcNow().UtcTicks;
        var next = Volatile.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + interval.Ticks, next) == next;
    }
}
