using System.Diagnostics.Metrics;
using Gateway.Core.Channels;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Channels;

/// <summary>Who gets the last channels, and the last memory for subscriptions; and that all of it comes back.</summary>
public sealed class NodeSharesTests
{
    [Fact]
    public async Task Channels_OfOneConnection_LeaveTheReserveToThoseWithFew()
    {
        using var harness = Harness(maxChannels: 100);
        var greedy = harness.Open();

        Assert.Equal(80, await OpenedAsync(greedy, "a", 100));

        Assert.Equal(SubscribeResult.TooManyChannels, await greedy.SubscribeAsync("b"));
        var other = harness.Open();
        Assert.Equal(10, await OpenedAsync(other, "b", 20)); // then the address has more than its share
        Assert.Equal(SubscribeResult.Subscribed, await other.SubscribeAsync("a0")); // one that is there takes nothing
        Assert.Equal(90, harness.Directory.Count);
        Assert.Equal(SubscribeResult.TooManyChannels, await harness.Open().SubscribeAsync("c"));
        Assert.Equal(10, await OpenedAsync(harness.Open(address: "192.0.2.1"), "d", 16));
        Assert.Equal(100, harness.Directory.Count);
        Assert.Equal(SubscribeResult.TooManyChannels, await harness.Open(address: "192.0.2.2").SubscribeAsync("e"));
        Assert.True(Reached(harness, Limit.ChannelShares) > 0);
        Assert.True(Reached(harness, Limit.Channels) > 0);

        await LeaveAsync(harness);
    }

    /// <summary>However many connections: each of them has but a few, and still their address does not get the last ones.</summary>
    [Fact]
    public async Task Channels_OfOneAddress_LeaveTheLastToOthers()
    {
        using var harness = Harness(maxChannels: 1000);
        for (var i = 0; i < 100; i++)
            await OpenedAsync(harness.Open(), $"a{i}.", 16);

        Assert.Equal(900, harness.Directory.Count);
        Assert.Equal(16, await OpenedAsync(harness.Open(address: "192.0.2.1"), "b", 17));
        Assert.Equal(16, await OpenedAsync(harness.Open(address: "192.0.2.1"), "c", 17));
        Assert.Equal(16, await OpenedAsync(harness.Open(address: "192.0.2.1"), "d", 17));
        // A quarter of the reserve of 200 is 50.
        Assert.Equal(2, await OpenedAsync(harness.Open(address: "192.0.2.1"), "e", 17));
        Assert.Equal(16, await OpenedAsync(harness.Open(address: "192.0.2.2"), "f", 17));

        await LeaveAsync(harness);
    }

    [Fact]
    public async Task Channels_OfOneUser_LeaveTheLastToOthers()
    {
        using var harness = Harness(maxChannels: 1000);
        for (var i = 0; i < 100; i++)
            await OpenedAsync(harness.Open(address: $"10.0.0.{i}", user: "u1"), $"a{i}.", 16);

        Assert.Equal(900, harness.Directory.Count);
        Assert.Equal(SubscribeResult.TooManyChannels, await harness.Open(address: "10.0.1.1", user: "u1").SubscribeAsync("b"));
        Assert.Equal(16, await OpenedAsync(harness.Open(address: "10.0.1.1", user: "u2"), "c", 17));

        await LeaveAsync(harness);
    }

    /// <summary>A proxy that does not name its clients is all of them: its address is nobody's.</summary>
    [Fact]
    public async Task Channels_OfATrustedProxyItself_AreNoAddresses()
    {
        using var harness = Harness(maxChannels: 100, options => options.TrustedProxies.Add("127.0.0.1"));
        Assert.Equal(80, await OpenedAsync(harness.Open(), "a", 100));

        Assert.Equal(16, await OpenedAsync(harness.Open(), "b", 20));
        Assert.Equal(4, await OpenedAsync(harness.Open(), "c", 20));

        Assert.Equal((100, 0), (harness.Directory.Count, harness.Shares.Addresses));
        await LeaveAsync(harness);
    }

    [Fact]
    public async Task Channels_WithoutAReserve_AreWhosoeverComesFirst()
    {
        using var harness = Harness(maxChannels: 100, options => options.Limits.ReservedPercent = 0);

        Assert.Equal(100, await OpenedAsync(harness.Open(), "a", 101));

        await LeaveAsync(harness);
    }

    [Fact]
    public async Task Channels_AboveTheOptionsOfAddressAndUser_AreRefusedUntilOneIsGone()
    {
        using var harness = Harness(maxChannels: 1000, options => (options.Limits.MaxChannelsPerAddress, options.Limits.MaxChannelsPerUser) = (5, 3));
        var client = harness.Open(user: "u1");
        Assert.Equal(3, await OpenedAsync(client, "a", 4));
        Assert.Equal(2, await OpenedAsync(harness.Open(), "b", 4));
        Assert.Equal(SubscribeResult.Subscribed, await harness.Open().SubscribeAsync("a0"));
        Assert.Equal((2L, 1L), (Reached(harness, Limit.AddressChannels), Reached(harness, Limit.UserChannels)));

        await client.UnsubscribeAsync("a1");
        await Eventually.TrueAsync(() => harness.Directory.Count == 4);

        Assert.Equal(1, await OpenedAsync(harness.Open(address: "192.0.2.1", user: "u1"), "c", 2));
        await LeaveAsync(harness);
    }

    /// <summary>Whoever opened it has it until it is gone: else two connections would own nothing and hold all.</summary>
    [Fact]
    public async Task Channel_ThatItsOpenerHasLeftToOthers_CountsForItsAddressUntilItIsGone()
    {
        using var harness = Harness(maxChannels: 1000, options => options.Limits.MaxChannelsPerAddress = 1);
        var (opener, stays) = (harness.Open(), harness.Open(address: "192.0.2.1"));
        await opener.SubscribeAsync("a");
        await stays.SubscribeAsync("a");
        opener.Connection.Abort();
        await harness.SettleAsync();

        Assert.Equal(SubscribeResult.TooManyChannels, await harness.Open().SubscribeAsync("b"));
        await stays.UnsubscribeAsync("a");
        await Eventually.TrueAsync(() => harness.Directory.Count == 0);

        Assert.Equal(SubscribeResult.Subscribed, await harness.Open().SubscribeAsync("b"));
        await LeaveAsync(harness);
    }

    [Fact]
    public async Task Channel_NobodyIsSubscribedTo_LingersOnlyWhileThereIsRoom()
    {
        using var harness = Harness(maxChannels: 100, options => options.Channels.LeaveAfter = TimeSpan.FromHours(1));
        var client = harness.Open();
        await OpenedAsync(client, "a", 80);
        await client.UnsubscribeAsync("a0");
        await harness.SettleAsync();
        Assert.Equal(80, harness.Directory.Count);

        Assert.Equal(SubscribeResult.Subscribed, await harness.Open().SubscribeAsync("b"));
        harness.Directory.OnRound(1);

        await Eventually.TrueAsync(() => harness.Directory.Count == 80);
        Assert.DoesNotContain(harness.Directory.Entries, entry => entry.Name.Text == "a0");
    }

    [Fact]
    public async Task Subscription_WithoutMemory_IsRefusedAndLeavesNothing()
    {
        using var harness = Harness(maxChannels: 100, options => options.Limits.ReservedPercent = 0);
        var client = harness.Open();
        await client.SubscribeAsync("a");
        var held = harness.Account.HeldBytes;
        Assert.Equal(Subscription.Bytes + ShardChannel.BytesOf(ChannelName.Parse("a")) + ChannelEntry.BytesOf(ChannelName.Parse("a")), held);
        Assert.Equal(held, client.Connection.HeldBytes);
        harness.Account.MaxTotalBytes = held;

        Assert.Equal(SubscribeResult.Overloaded, await client.SubscribeAsync("b"));
        var other = harness.Open();
        Assert.Equal(SubscribeResult.Overloaded, await other.SubscribeAsync("a"));
        Assert.Null(other.Connection.ShardState);
        harness.Account.MaxTotalBytes = held + Subscription.Bytes + ShardChannel.BytesOf(ChannelName.Parse("b"));
        Assert.Equal(SubscribeResult.Overloaded, await other.SubscribeAsync("b")); // room for a part of it
        Assert.Equal((held, 1, 0L), (harness.Account.HeldBytes, harness.Directory.Count, other.Connection.HeldBytes));
        Assert.Equal(SubscribeResult.Subscribed, await other.SubscribeAsync("a"));
        Assert.Equal(Subscription.Bytes, other.Connection.HeldBytes); // the channel is there without it
        Assert.Equal(3, Reached(harness, Limit.Memory));

        await LeaveAsync(harness);
    }

    [Fact]
    public async Task Subscriptions_OfOneConnection_LeaveTheLastMemoryToThoseWithFew()
    {
        using var harness = Harness(maxChannels: 1000);
        var greedy = harness.Open();
        await OpenedAsync(greedy, "a", 20);
        harness.Account.MaxTotalBytes = 10_000_000;
        Assert.True(harness.Account.TryHold(8_000_000)); // others'

        Assert.Equal(SubscribeResult.Overloaded, await greedy.SubscribeAsync("b"));
        var other = harness.Open();
        for (var i = 0; i < 16; i++)
            Assert.Equal(SubscribeResult.Subscribed, await other.SubscribeAsync($"a{i}"));
        Assert.Equal(SubscribeResult.Overloaded, await other.SubscribeAsync("a16"));
        harness.Account.LetGo(8_000_000);

        Assert.Equal(SubscribeResult.Subscribed, await greedy.SubscribeAsync("b"));
        await LeaveAsync(harness);
    }

    [Theory]
    [InlineData("127.0.0.1", "u2", false)]
    [InlineData("192.0.2.1", "u1", false)]
    [InlineData("192.0.2.1", "u2", true)]
    [InlineData("192.0.2.1", null, true)]
    public async Task Subscriptions_OfOneAddressOrUser_LeaveTheLastMemoryToOthers(string address, string? user, bool isLetIn)
    {
        using var harness = Harness(maxChannels: 10_000);
        // A quarter of the reserve is 25,000 bytes: 84 subscriptions above a few, twice over.
        await OpenedAsync(harness.Open(user: "u1"), "a", 100);
        await OpenedAsync(harness.Open(user: "u1"), "a", 121);
        harness.Account.MaxTotalBytes = 500_000;
        var others = 451_000 - harness.Account.HeldBytes;
        Assert.True(harness.Account.TryHold(others));

        var result = await harness.Open(address: address, user: user).SubscribeAsync("a0");

        Assert.Equal(isLetIn ? SubscribeResult.Subscribed : SubscribeResult.Overloaded, result);
        harness.Account.LetGo(others);
        await LeaveAsync(harness);
    }

    /// <summary>Whatever clients do, and however it ends: nothing stays counted of those that have gone.</summary>
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 3, 30)]
    [InlineData(3, 4, 10)]
    public async Task Random_SubscribesUnsubscribesAndEnds_LeaveNothingCounted(int seed, int shards, int failurePercent)
    {
        using var harness = new ShardHarness(
            options =>
            {
                options.Limits.MaxChannels = 200;
                options.Limits.MaxChannelsPerAddress = 150;
                options.Limits.MaxChannelsPerUser = 60;
            },
            shards);
        var failures = new Random(seed);
        harness.Source.Script = async operation =>
        {
            await Task.Yield();
            lock (failures)
                return !operation.IsSubscribe || failures.Next(100) >= failurePercent;
        };
        harness.Account.MaxTotalBytes = 150_000; // 170 channels
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => ActAsync(harness, new Random((seed * 100) + i)))));

        await LeaveAsync(harness);
        Assert.Empty(harness.Faults);
    }

    private static async Task ActAsync(ShardHarness harness, Random random)
    {
        for (var life = 0; life < 30; life++)
        {
            var client = harness.Open(random.Next(harness.Shards.Length), $"192.0.2.{random.Next(3)}", random.Next(2) == 0 ? null : $"u{random.Next(4)}");
            var answers = new List<Task>();
            for (var i = random.Next(120); i > 0; i--)
            {
                var channel = $"c{random.Next(250)}";
                answers.Add(random.Next(4) == 0 ? client.UnsubscribeAsync(channel) : client.SubscribeAsync(channel));
                if (random.Next(8) == 0)
                    await Task.Yield();
            }

            // Some end while the broker has not answered.
            if (random.Next(2) == 0)
                await Task.WhenAll(answers);
            Assert.True(client.Connection.HeldBytes >= 0);
            client.Connection.Abort();
            await Task.WhenAll(answers); // nobody waits for ever
        }
    }

    private static ShardHarness Harness(int maxChannels, Action<GatewayOptions>? configure = null)
    {
        var harness = new ShardHarness(options =>
        {
            options.Limits.MaxChannels = maxChannels;
            configure?.Invoke(options);
        });
        harness.Source.Script = static _ => new(true);
        return harness;
    }

    /// <summary>How many of so many channels the client got.</summary>
    private static async Task<int> OpenedAsync(ShardHarness.Client client, string prefix, int count)
    {
        var opened = 0;
        for (var i = 0; i < count; i++)
            opened += await client.SubscribeAsync($"{prefix}{i}") == SubscribeResult.Subscribed ? 1 : 0;
        return opened;
    }

    private static long Reached(ShardHarness harness, Limit limit)
    {
        var reached = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == harness.Metrics.Meter && instrument.Name == "gateway.limits.reached")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => reached += Equals(tags[0].Value, limit.Label()) ? value : 0);
        listener.Start();
        listener.RecordObservableInstruments();
        return reached;
    }

    /// <summary>Everybody goes, and everything is as at the beginning.</summary>
    private static async Task LeaveAsync(ShardHarness harness)
    {
        foreach (var connection in harness.Context.Registry.All().ToList())
            connection.Abort();
        await harness.EmptyAsync();
    }
}
