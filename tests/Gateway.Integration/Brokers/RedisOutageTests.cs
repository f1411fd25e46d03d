using System.Text;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Integration.Fixtures;
using Gateway.Redis;

namespace Gateway.Integration.Brokers;

/// <summary>What the broker does while Redis is away, hangs, or cuts its connection.</summary>
public sealed class RedisOutageTests
{
    private static readonly ChannelName News = ChannelName.Parse("news");

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Start_RedisAbsent_SaysSoAndConnectsWhenItComes()
    {
        var port = RedisServer.FreePort();
        await using var broker = TestRedisBroker.Create(TestRedisBroker.QuickOptions($"127.0.0.1:{port}"), "n");
        var sink = new RecordingSink();
        await broker.StartAsync(sink, None);

        await Eventually.TrueAsync(() => broker.Status.Reason.Contains(":" + port), () => broker.Status.Reason);
        Assert.False(broker.Status.Connected);
        Assert.False(broker.Status.Ready);
        var refused = await Assert.ThrowsAsync<BrokerUnavailableException>(() => broker.PublishAsync(News, default, None).AsTask());
        Assert.Equal(BrokerOutcome.NotDone, refused.Outcome);

        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Port = port });
        await ConnectedAsync(broker);
        await broker.SubscribeAsync(News, None);
        await broker.PublishAsync(News, "hello"u8.ToArray(), None);
        await sink.PublicationAsync("hello");
        Assert.Empty(sink.Gaps);
    }

    [Fact]
    public async Task Subscribe_RedisAbsent_IsCarriedOutWhenItComesInTime()
    {
        var port = RedisServer.FreePort();
        var options = TestRedisBroker.QuickOptions($"127.0.0.1:{port}");
        options.SubscribeTimeout = TimeSpan.FromMinutes(1);
        await using var broker = TestRedisBroker.Create(options, "n");
        var sink = new RecordingSink();
        await broker.StartAsync(sink, None);
        var subscribing = broker.SubscribeAsync(News, None).AsTask();

        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Port = port });

        await subscribing;
        await ConnectedAsync(broker);
        await broker.PublishAsync(News, "hello"u8.ToArray(), None);
        await sink.PublicationAsync("hello");
    }

    [Fact]
    public async Task Subscribe_RedisAbsentPastTheDeadline_FailsAndIsForgotten()
    {
        var port = RedisServer.FreePort();
        var options = TestRedisBroker.QuickOptions($"127.0.0.1:{port}");
        options.SubscribeTimeout = TimeSpan.FromMilliseconds(100);
        await using var broker = TestRedisBroker.Create(options, "n");
        var sink = new RecordingSink();
        await broker.StartAsync(sink, None);

        var failure = await Assert.ThrowsAsync<BrokerUnavailableException>(() => broker.SubscribeAsync(News, None).AsTask());
        Assert.Equal(BrokerOutcome.NotDone, failure.Outcome);

        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { Port = port });
        await ConnectedAsync(broker);
        await broker.PublishAsync(News, "not for us"u8.ToArray(), None);
        await FenceAsync(broker, sink);
        Assert.DoesNotContain("not for us", sink.Events);
    }

    [Fact]
    public async Task Redis_KilledAndBack_SubscriptionsAreRestoredAndTheGapIsToldOnce()
    {
        const int Channels = 2500; // three batches
        await using var redis = await RedisServer.StartAsync();
        await using var broker = TestRedisBroker.Create(TestRedisBroker.QuickOptions(redis.Address), "n");
        var sink = new RecordingSink();
        await broker.StartAsync(sink, None);
        await ConnectedAsync(broker);
        var names = Enumerable.Range(0, Channels).Select(i => ChannelName.Parse($"c{i}")).ToArray();
        await Task.WhenAll(names.Select(name => broker.SubscribeAsync(name, None).AsTask()));
        await broker.PublishAsync(names[0], "before"u8.ToArray(), None);
        await sink.PublicationAsync("before");

        await redis.KillAsync();
        await Eventually.TrueAsync(() => !broker.Status.Connected);
        Assert.True(broker.Status.Ready, "A node stays ready for a while.");
        await broker.UnsubscribeAsync(names[1], None); // completes without Redis
        var late = broker.SubscribeAsync(News, None).AsTask();
        var lost = await Assert.ThrowsAsync<BrokerUnavailableException>(() => broker.PublishAsync(names[0], "lost"u8.ToArray(), None).AsTask());
        Assert.Equal(BrokerOutcome.NotDone, lost.Outcome);
        await redis.RestartAsync();

        await late;
        await ConnectedAsync(broker);
        Assert.True(Assert.Single(sink.Gaps) > TimeSpan.Zero);
        Assert.Equal(["before", "gap"], sink.Events);

        await broker.PublishAsync(names[1], "left during the outage"u8.ToArray(), None);
        foreach (var name in names.Where((_, i) => i != 1))
            await broker.PublishAsync(name, Encoding.UTF8.GetBytes(name.Text), None);
        await broker.PublishAsync(News, "end"u8.ToArray(), None);
        await sink.PublicationAsync("end");
        Assert.Equal(["before", "gap", .. names.Where((_, i) => i != 1).Select(name => name.Text), "end"], sink.Events);
    }

    [Fact]
    public async Task Redis_AwayForTooLong_NodeTurnsNotReadyAndReturns()
    {
        await using var redis = await RedisServer.StartAsync();
        var options = TestRedisBroker.QuickOptions(redis.Address);
        options.UnreadyAfter = TimeSpan.FromMilliseconds(300);
        await using var broker = TestRedisBroker.Create(options, "n");
        await broker.StartAsync(new RecordingSink(), None);
        await ConnectedAsync(broker);

        await redis.KillAsync();
        await Eventually.TrueAsync(() => !broker.Status.Ready);
        Assert.Contains("without Redis", broker.Status.Reason);

        await redis.RestartAsync();
        await Eventually.TrueAsync(() => broker.Status is { Ready: true, Connected: true }, () => broker.Status.Reason);
    }

    [Fact]
    public async Task Redis_Hangs_PublishingFailsWithAnUnknownOutcomeAndRecovers()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var broker = TestRedisBroker.Create(TestRedisBroker.QuickOptions(redis.Address), "n");
        var sink = new RecordingSink();
        await broker.StartAsync(sink, None);
        await ConnectedAsync(broker);
        await broker.SubscribeAsync(News, None);

        await redis.PauseAsync();
        var unknown = await Assert.ThrowsAsync<BrokerUnavailableException>(() => broker.PublishAsync(News, "hanging"u8.ToArray(), None).AsTask());
        Assert.Equal(BrokerOutcome.Unknown, unknown.Outcome);
        await Eventually.TrueAsync(() => broker.Status.Reason.Contains("Redis does not answer"), () => broker.Status.Reason);
        Assert.False(broker.Status.Connected);
        // From here publications are refused at once, whatever their number: nothing piles up.
        for (var i = 0; i < 1000; i++)
        {
            var refused = await Assert.ThrowsAsync<BrokerUnavailableException>(() => broker.PublishAsync(News, "refused"u8.ToArray(), None).AsTask());
            Assert.Equal(BrokerOutcome.NotDone, refused.Outcome);
        }

        await redis.ResumeAsync();
        await sink.GapsAsync(1);
        await ConnectedAsync(broker);
        await broker.PublishAsync(News, "after"u8.ToArray(), None);
        await sink.PublicationAsync("after");
        Assert.Single(sink.Gaps);
    }

    [Fact]
    public async Task Link_KilledByRedis_ComesBackWithItsSubscriptions()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var broker = TestRedisBroker.Create(TestRedisBroker.QuickOptions(redis.Address), "n");
        var sink = new RecordingSink();
        await broker.StartAsync(sink, None);
        await ConnectedAsync(broker);
        await broker.SubscribeAsync(News, None);

        for (var round = 1; round <= 3; round++)
        {
            await KillLinkAsync(redis);
            await sink.GapsAsync(round);
            await ConnectedAsync(broker);
            await broker.PublishAsync(News, Encoding.UTF8.GetBytes($"round {round}"), None);
            await sink.PublicationAsync($"round {round}");
        }

        Assert.Equal(["gap", "round 1", "gap", "round 2", "gap", "round 3"], sink.Events);
    }

    [Fact]
    public async Task SubscribeAndUnsubscribe_WhileTheLinkIsCutAgainAndAgain_EndAsTheLastCallSaid()
    {
        await using var redis = await RedisServer.StartAsync();
        var options = TestRedisBroker.QuickOptions(redis.Address);
        options.SubscribeTimeout = TimeSpan.FromMinutes(1);
        await using var broker = TestRedisBroker.Create(options, "n");
        var sink = new RecordingSink();
        await broker.StartAsync(sink, None);
        await ConnectedAsync(broker);

        using var cutting = new CancellationTokenSource();
        var cuts = Task.Run(async () =>
        {
            for (var i = 0; i < 15 && !cutting.IsCancellationRequested; i++)
            {
                await KillLinkAsync(redis);
                await sink.GapsAsync(i + 1);
            }
        });
        var workers = Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            var random = new Random(i);
            var channel = ChannelName.Parse($"c{i}");
            while (!cuts.IsCompleted)
            {
                using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(1, 30)));
                try
                {
                    await broker.SubscribeAsync(channel, random.Next(2) == 0 ? impatient.Token : None);
                }
                catch (OperationCanceledException)
                {
                    continue;
                }

                await broker.UnsubscribeAsync(channel, None);
            }

            if (i % 2 == 0)
                await broker.SubscribeAsync(channel, None);
        })).ToArray();
        await Task.WhenAll(workers);
        await cuts;
        await ConnectedAsync(broker);

        for (var i = 0; i < 40; i++)
            await broker.PublishAsync(ChannelName.Parse($"c{i}"), Encoding.UTF8.GetBytes($"{i}"), None);
        await FenceAsync(broker, sink);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{2 * i}"), sink.Events.Where(e => e is not "gap" and not "fence"));
        Assert.False(sink.Overlapped);
    }

    [Fact]
    public async Task Subscribe_LostAtTheServerOnly_IsFoundAndRepaired()
    {
        await using var redis = await RedisServer.StartAsync();
        using var metrics = new Core.Telemetry.GatewayMetrics();
        var counted = new CounterReading(metrics.BrokerResubscriptions);
        await using var broker = TestRedisBroker.Create(TestRedisBroker.QuickOptions(redis.Address), "n", metrics: metrics);
        var sink = new RecordingSink();
        await broker.StartAsync(sink, None);
        await ConnectedAsync(broker);
        await broker.SubscribeAsync(News, None);

        // An ACL that takes the channel away makes Redis drop the connection; one that only comes back without it is silent. The
        // nearest to a silent loss that a client can cause is to let the link be made again while the channel is forbidden.
        using var control = await ControlAsync(redis);
        await control.SendAsync("ACL SETUSER default resetchannels &gateway:cmd &gateway:probe:* &gateway:reply:*");
        await sink.GapsAsync(1);
        await control.SendAsync("ACL SETUSER default allchannels");

        Assert.True(
            await Eventually.BecomesAsync(async () => await control.SendAsync("PUBLISH gateway:ch:news again") == ":1", TimeSpan.FromSeconds(60)),
            "Nobody subscribed again.");
        await sink.PublicationAsync("again");
        Assert.True(counted.Value >= 2, $"{counted.Value} resubscriptions were counted.");
        Assert.Single(sink.Gaps);
    }

    [Fact]
    public async Task Dispose_WhileRedisIsAway_EndsAndFailsWhatWaits()
    {
        var options = TestRedisBroker.QuickOptions($"127.0.0.1:{RedisServer.FreePort()}");
        options.SubscribeTimeout = TimeSpan.FromMinutes(1);
        var broker = TestRedisBroker.Create(options, "n");
        await broker.StartAsync(new RecordingSink(), None);
        var waiting = broker.SubscribeAsync(News, None).AsTask();

        await broker.DisposeAsync();

        await Assert.ThrowsAsync<BrokerUnavailableException>(() => waiting);
    }

    private static Task ConnectedAsync(RedisBroker broker) =>
        Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);

    /// <summary>Returns when everything published before has arrived.</summary>
    private static async Task FenceAsync(RedisBroker broker, RecordingSink sink)
    {
        var fence = ChannelName.Parse("fence");
        await broker.SubscribeAsync(fence, None);
        await broker.PublishAsync(fence, "fence"u8.ToArray(), None);
        await sink.PublicationAsync("fence");
    }

    private static async Task KillLinkAsync(RedisServer redis)
    {
        using var control = await ControlAsync(redis);
        await control.SendAsync("CLIENT KILL TYPE pubsub");
    }

    private static Task<RedisControl> ControlAsync(RedisServer redis) => RedisControl.ConnectAsync(redis.Port);
}
