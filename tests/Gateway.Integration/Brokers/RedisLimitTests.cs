using Gateway.Core.Channels;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Brokers;

/// <summary>Publications larger than the node takes: skipped and counted, and the link goes on.</summary>
public sealed class RedisLimitTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(1000, 1001)] // whole in the receive buffer
    [InlineData(1000, 300_000)] // longer than the buffer: never in memory
    [InlineData(200_000, 5_000_000)]
    public async Task Publication_LargerThanAllowed_IsSkippedAndCountedAndTheNextArrives(int allowed, int length)
    {
        using var metrics = new GatewayMetrics();
        var options = TestRedisBroker.Options(redis.Address, $"t{Guid.NewGuid():N}:");
        options.PublishTimeout = TimeSpan.FromSeconds(30);
        await using var broker = TestRedisBroker.Create(options, "n", allowed, metrics);
        var sink = new RecordingSink();
        await broker.StartAsync(sink, None);
        await Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);
        var channel = ChannelName.Parse("large");
        await broker.SubscribeAsync(channel, None);

        for (var i = 0; i < 5; i++)
        {
            await broker.PublishAsync(channel, new byte[length], None);
            await broker.PublishAsync(channel, new byte[allowed], None);
        }

        await broker.PublishAsync(channel, "end"u8.ToArray(), None);
        await sink.PublicationAsync("end");
        Assert.Equal([.. Enumerable.Repeat(allowed, 5), 3], sink.Publications.Select(publication => publication.Payload.Length));
        Assert.Equal(5, metrics.Drops[(int)DropReason.TooLarge].Value);
        Assert.Empty(sink.Gaps);
    }
}
