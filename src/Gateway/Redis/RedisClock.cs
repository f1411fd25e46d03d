using Gateway.Core.Telemetry;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// Redis's own clock, by which everything ages that nodes keep there: one node whose clock is wrong must not take others' entries out, or leave
/// its own in for ever. How far the node's clock is from it is known by the way.
/// </summary>
internal sealed class RedisClock(TimeProvider time, ILogger log)
{
    // What the time server and the round trip of a busy machine may make of it, many times over; tokens' margins are of this size.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private readonly Rarely _mayLog = new(time, TimeSpan.FromMinutes(1));
    private long _offsetTicks;

    /// <summary>The node's clock less Redis's, when it was last read.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Volatile.Read(ref _offsetTicks));

    /// <summary>The time in Redis.</summary>
    public async Task<DateTimeOffset> ReadAsync(IDatabase database)
    {
        // Seconds and microseconds.
        var parts = (long[]?)await database.ExecuteAsync("TIME") ?? throw new RedisException("TIME has no answer");
        var now = DateTimeOffset.FromUnixTimeSeconds(parts[0]).AddMicroseconds(parts[1]);
        var offset = time.GetUtcNow() - now;
        Volatile.Write(ref _offsetTicks, offset.Ticks);
        if (offset.Duration() > Tolerance && _mayLog.Now())
            RedisLog.ClockOff(log, offset.TotalSeconds);
        return now;
    }
}
