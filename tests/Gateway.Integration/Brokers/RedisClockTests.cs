using System.Globalization;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;
using Gateway.Redis;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Brokers;

/// <summary>A node whose clock is wrong, among others on one Redis.</summary>
public sealed class RedisClockTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(-90)]
    [InlineData(90)]
    public async Task Announcements_OfANodeWhoseClockIsWrong_AgeAsAllOthers(int minutes)
    {
        var prefix = $"{Guid.NewGuid():N}:"; // nodes of its own beside those of other tests
        var logs = new LogRecorder();
        using var loggers = new LoggerFactory([logs]);
        await using var good = TestRedisBroker.Create(TestRedisBroker.Options(redis.Address, prefix), "good");
        using var metrics = new GatewayMetrics();
        await using var bad = TestRedisBroker.Create(TestRedisBroker.Options(redis.Address, prefix), "bad", metrics: metrics, time: new ShiftedClock(TimeSpan.FromMinutes(minutes)), log: loggers.CreateLogger<RedisBroker>());
        foreach (var broker in (RedisBroker[])[good, bad])
        {
            await broker.StartAsync(new RecordingSink(), None);
            await Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);
            await broker.Announcements.KeepAsync(broker == good ? "good" : "bad", "{}"u8.ToArray(), TimeSpan.FromMinutes(1), None);
        }

        // Neither has taken the other out.
        await good.Announcements.KeepAsync("good", "{}"u8.ToArray(), TimeSpan.FromMinutes(1), None);
        await bad.Revocations.KeepAsync("r", "{}"u8.ToArray(), TimeSpan.FromMinutes(1), None);
        await good.Revocations.KeepAsync("s", "{}"u8.ToArray(), TimeSpan.FromMinutes(1), None);
        Assert.Equal(2, (await good.Announcements.ReadAsync(None)).Count);
        Assert.Equal(2, (await good.Revocations.ReadAsync(None)).Count);
        Assert.Equal(2, await AroundNowAsync(prefix + "nodes"));
        Assert.Equal(2, await AroundNowAsync(prefix + "revocations"));

        Assert.InRange(GaugeReading.Sum(metrics.Meter, "gateway.redis.clock.offset"), (minutes * 60) - 300, (minutes * 60) + 300);
        Assert.Contains(logs.Lines, line => line.Level == LogLevel.Warning && line.Message.Contains("clock is", StringComparison.Ordinal));
    }

    /// <summary>How many members have times near Redis's own.</summary>
    private async Task<int> AroundNowAsync(string key)
    {
        using var control = await RedisControl.ConnectAsync(redis.Port);
        var now = TimeProvider.System.GetUtcNow();
        var count = await control.SendAsync(string.Create(
            CultureInfo.InvariantCulture, $"ZCOUNT {key} {now.AddMinutes(-10).ToUnixTimeMilliseconds()} {now.AddMinutes(10).ToUnixTimeMilliseconds()}"));
        return int.Parse(count[1..], CultureInfo.InvariantCulture);
    }

    /// <summary>Its timers are the machine's.</summary>
    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
