namespace Gateway.Redis;

/// <summary>Lets a log line that a fault could repeat without end through once in a while.</summary>
internal sealed class Rarely(TimeProvider time, TimeSpan interval)
{
    private long _next = long.MinValue; // ticks of UTC

    public bool Now()
    {
        var now = time.GetUtcNow().UtcTicks;
        var next = Volatile.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + interval.Ticks, next) == next;
    }
}
