using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Channels;

/// <summary>What a publication costs, and what becomes of it when there is too much.</summary>
public sealed class FanoutTests
{
    private const int Subscribers = 1000;
    private const int Waiting = 32;

    [Fact]
    public async Task Publications32_Waiting_AreOneSendToEachOf1000Subscribers()
    {
        using var harness = new ShardHarness();
        var clients = await SubscribedAsync(harness, Subscribers);

        using (await ShardHarness.HoldAsync(harness.Shards[0]))
        {
            for (var i = 0; i < Waiting; i++)
                harness.Publish("news", $"{i}");
        }

        await harness.SettleAsync();
        Assert.Equal(Subscribers, clients.Sum(client => client.Transport.Sends));
        var expected = Enumerable.Range(0, Waiting).Select(i => $"news:{i}").ToArray();
        Assert.All(clients, client => Assert.Equal(expected, client.Messages));
        Assert.Equal(Waiting, harness.Encoder.Encoded);
        Assert.Equal(Subscribers * Waiting, harness.Metrics.Deliveries.Value);
    }

    [Fact]
    public async Task Publication_DuringABroadcast_JoinsItAndIsSentOnceToEach()
    {
        using var harness = new ShardHarness();
        var clients = await SubscribedAsync(harness, Subscribers);
        var published = 0;
        clients[0].Transport.Takes = bytes => PublishBeside(1, bytes);
        clients[Subscribers / 2].Transport.Takes = bytes => PublishBeside(2, bytes);

        harness.Publish("news", "0");
        // Nothing may be asked of the shard meanwhile: an item would end the broadcast.
        await Eventually.TrueAsync(() => harness.Metrics.Deliveries.Value == 3 * Subscribers);
        await harness.SettleAsync();

        // In rounds of their own they would cost two sends to each.
        var expected = new[] { "news:0", "news:1", "news:2" };
        Assert.All(clients, client => Assert.Equal(expected, client.Messages));
        Assert.InRange(clients.Sum(client => client.Transport.Sends), Subscribers, (2 * Subscribers) - 1);
        Assert.Equal(Subscribers * expected.Length, harness.Metrics.Deliveries.Value);
        Assert.Equal(expected.Length, harness.Encoder.Encoded);

        int PublishBeside(int number, int bytes)
        {
            if (published == number - 1)
                harness.Publish("news", $"{++published}");
            return bytes;
        }
    }

    [Fact]
    public async Task Subscribe_DuringABroadcast_GetsWhatIsPublishedAfterItAndNothingBefore()
    {
        using var harness = new ShardHarness();
        var clients = await SubscribedAsync(harness, Subscribers);
        var late = harness.Open();
        var hasCome = false;
        Task<SubscribeResult>? subscribed = null;
        clients[0].Transport.Takes = bytes =>
        {
            if (!hasCome)
            {
                hasCome = true;
                harness.Publish("news", "before");
                subscribed = late.SubscribeAsync("news");
                harness.Publish("news", "after");
            }

            return bytes;
        };

        harness.Publish("news", "first");
        await harness.SettleAsync();

        Assert.Equal(SubscribeResult.Subscribed, await subscribed!);
        Assert.Equal(["+news:Subscribed", "news:after"], late.Messages);
        Assert.All(clients, client => Assert.Equal(["news:first", "news:before", "news:after"], client.Messages));
    }

    [Fact]
    public async Task Publications_ThatNeverCease_LetOthersHaveTheirTurn()
    {
        using var harness = new ShardHarness();
        var clients = await SubscribedAsync(harness, Subscribers);
        var other = harness.Open();
        await other.SubscribeAsync("other");
        var rounds = 0;
        clients[0].Transport.Takes = bytes =>
        {
            // Ends when the other channel has got what was published to it in the midst of this.
            if (++rounds == 3)
                harness.Publish("other", "1");
            if (other.Messages.Count < 2)
                harness.Publish("news", "again");
            return bytes;
        };

        harness.Publish("news", "again");
        await Eventually.TrueAsync(() => other.Transport.Sends == 2);
        await harness.SettleAsync();

        Assert.Equal(["+other:Subscribed", "other:1"], other.Messages);
        Assert.All(clients, client => Assert.Equal(clients[0].Messages.Count, client.Messages.Count));
    }

    [Fact]
    public async Task Publication_Alone_LeavesAtOnce()
    {
        using var harness = new ShardHarness();
        var client = (await SubscribedAsync(harness, 1))[0];
        for (var i = 1; i <= 5; i++)
        {
            harness.Publish("news", $"{i}");
            await harness.SettleAsync();
            Assert.Equal(i, client.Transport.Sends);
        }
    }

    [Fact]
    public async Task Deliveries_AllocateNothingEach()
    {
        var few = await LeastAllocatedPerPublicationAsync(subscribers: 1);
        var many = await LeastAllocatedPerPublicationAsync(subscribers: Subscribers);

        // What a publication itself needs: its frame and the frame's array.
        Assert.InRange(few, 1, 512);
        Assert.Equal(few, many);
    }

    [Fact]
    public async Task Publication_TwoEncodersAlternating_IsEncodedOnceByEach()
    {
        using var harness = new ShardHarness(shards: 3);
        harness.Source.Script = static _ => new(true);
        var other = new TestEncoder(1);
        var clients = Enumerable.Range(0, 60).Select(i => harness.Open(i % 3)).ToArray();
        for (var i = 0; i < clients.Length; i++)
            await clients[i].SubscribeAsync("news", i % 2 == 0 ? harness.Encoder : other);

        harness.Publish("news", "1");
        await harness.SettleAsync();

        Assert.Equal((1, 1), (harness.Encoder.Encoded, other.Encoded));
        Assert.All(clients, client => Assert.Equal(["+news:Subscribed", "news:1"], client.Messages));
    }

    [Fact]
    public async Task Publication_ThatCannotBeEncoded_TakesNoOtherAlong()
    {
        using var harness = new ShardHarness();
        harness.Source.Script = static _ => new(true);
        var client = harness.Open();
        await client.SubscribeAsync("news", new FaultyEncoder());
        using (await ShardHarness.HoldAsync(harness.Shards[0]))
        {
            harness.Publish("news", "1");
            harness.Publish("news", "fault");
            harness.Publish("news", "2");
        }

        await harness.SettleAsync();
        Assert.Equal(["+news:Subscribed", "1", "2"], client.Messages);
        Assert.Equal(2, harness.Metrics.Deliveries.Value);
    }

    [Fact]
    public async Task Item_ThatFails_TakesNoOtherAlong()
    {
        using var harness = new ShardHarness();
        harness.Source.Script = static _ => new(true);
        var client = harness.Open();
        Task<SubscribeResult> subscribed;
        using (await ShardHarness.HoldAsync(harness.Shards[0]))
        {
            harness.Shards[0].Post(ShardItemKind.Inspect, (Action<Shard>)(static _ => throw new InvalidOperationException("a fault")));
            subscribed = client.SubscribeAsync("news");
        }

        Assert.Equal(SubscribeResult.Subscribed, await subscribed);
    }

    [Fact]
    public async Task Inbox_Full_DropsWhatIsAboveAndCountsIt()
    {
        using var harness = new ShardHarness(options => options.Channels.MaxInboxPublications = 16);
        var client = (await SubscribedAsync(harness, 1))[0];
        using (await ShardHarness.HoldAsync(harness.Shards[0]))
        {
            for (var i = 0; i < 20; i++)
                harness.Publish("news", $"{i}");
            Assert.Equal(4, harness.Dropped(DropReason.InboxFull));
            Assert.Equal(16, harness.Shards[0].Inbox.Publications);
        }

        await harness.SettleAsync();
        Assert.Equal(Enumerable.Range(0, 16).Select(i => $"news:{i}"), client.Messages);
        harness.Publish("news", "next");
        await harness.SettleAsync();
        Assert.Equal("news:next", client.Messages[^1]);
    }

    [Fact]
    public async Task Inbox_FullOfBytes_DropsWhatIsAboveAndCountsIt()
    {
        using var harness = new ShardHarness(options => options.Channels.MaxInboxBytes = 64 * 1024);
        var client = (await SubscribedAsync(harness, 1))[0];
        var payload = new string('x', 20_000);
        using (await ShardHarness.HoldAsync(harness.Shards[0]))
        {
            for (var i = 0; i < 5; i++)
                harness.Publish("news", payload);
        }

        await harness.SettleAsync();
        Assert.Equal(2, harness.Dropped(DropReason.InboxFull));
        Assert.Equal(3, client.Messages.Count);
    }

    [Fact]
    public async Task Subscriber_ThatReadsNothing_IsClosedAsSlowAndEachLossIsCounted()
    {
        using var harness = new ShardHarness(options => options.Limits.MaxQueueBytes = 16 * 1024);
        var clients = await SubscribedAsync(harness, 3);
        var slow = clients[1];
        slow.Transport.Takes = static _ => 0;
        var payload = new string('x', 1000);
        const int published = 100;
        for (var i = 0; i < published; i++)
        {
            harness.Publish("news", payload);
            await harness.SettleAsync(); // one send each: the neighbours keep up
        }

        Assert.Equal(ConnectionState.Closing, slow.Connection.State);
        Assert.All([clients[0], clients[2]], client => Assert.Equal(published, client.Messages.Count));
        Assert.All([clients[0], clients[2]], client => Assert.Equal(ConnectionState.Open, client.Connection.State));

        slow.Transport.Takes = null;
        slow.Transport.TakeRemainder(); // it reads again: what was under way, and why it is closed
        Assert.Equal("close:4413", slow.Messages[^1]);
        var got = slow.Messages.Count - 1;
        Assert.All(slow.Messages.Take(got), message => Assert.Equal($"news:{payload}", message));

        // Up to its end, each publication was either delivered or counted as dropped.
        Assert.InRange(got, 1, 17);
        var queuedForSlow = harness.Metrics.Deliveries.Value - (2 * published);
        Assert.Equal(queuedForSlow + 1 - got, harness.Dropped(DropReason.SlowConsumer));
    }

    [Fact]
    public async Task Subscriber_ThatTakesPieces_GetsEveryByteInOrder()
    {
        using var harness = new ShardHarness();
        var client = (await SubscribedAsync(harness, 1))[0];
        var random = new Random(11);
        var expected = new List<string>();
        for (var i = 0; i < 400; i++)
        {
            client.Transport.Takes = bytes => random.Next(3) == 0 ? random.Next(bytes + 1) : bytes;
            // Around the size up to which frames are corked, and above what one send takes.
            var payload = new string((char)('a' + (i % 26)), random.Next(4) == 0 ? random.Next(100_000) : random.Next(5000));
            expected.Add($"news:{payload}");
            harness.Publish("news", payload);
            if (random.Next(3) > 0)
                await harness.SettleAsync();
            if (random.Next(2) == 0 && client.Transport.HasRemainder)
                client.Transport.TakeRemainder();
        }

        await harness.SettleAsync();
        while (client.Transport.HasRemainder)
            client.Transport.TakeRemainder();
        Assert.Equal(ConnectionState.Open, client.Connection.State);
        Assert.Equal(expected, client.Messages);
        Assert.Equal(0, harness.Context.Queues.Rented);
        Assert.Equal(0, harness.Context.Transport.Blocks.Rented);
    }

    /// <summary>Bytes that a drain's thread allocates for each of the publications that wait, which it delivers in one batch.</summary>
    /// <summary>Of several: what a thread's pools lack when tests beside this one have emptied them only adds.</summary>
    private static async Task<long> LeastAllocatedPerPublicationAsync(int subscribers)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 5; i++)
            least = Math.Min(least, await AllocatedPerPublicationAsync(subscribers));
        return least;
    }

    private static async Task<long> AllocatedPerPublicationAsync(int subscribers)
    {
        using var harness = new ShardHarness();
        var clients = await SubscribedAsync(harness, subscribers);
        foreach (var client in clients)
            client.Transport.Keeps = false;

        // All in one turn of the drain, so on one thread: a batch to warm its pools, and a batch to measure.
        var measured = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        long before = 0;
        var shard = harness.Shards[0];
        Chain(
            shard,
            () => PublishAll(harness),
            () =>
            {
                // The flush comes after the batch: what it allocated is seen from the next one.
                Action<Shard> after = _ => measured.SetResult(GC.GetAllocatedBytesForCurrentThread() - before);
                Action<Shard> last = inside => inside.Post(ShardItemKind.Inspect, after);
                shard.Post(ShardItemKind.Inspect, (Action<Shard>)(_ => before = GC.GetAllocatedBytesForCurrentThread()));
                PublishAll(harness);
                shard.Post(ShardItemKind.Inspect, last);
            });
        return await measured.Task / Waiting;
    }

    /// <summary>Runs the second action one batch after the first, in the same turn.</summary>
    private static void Chain(Shard shard, Action first, Action second) =>
        shard.Post(ShardItemKind.Inspect, (Action<Shard>)(_ =>
        {
            var next = (Action<Shard>)(_ => second());
            shard.Post(ShardItemKind.Inspect, next);
            first();
        }));

    private static void PublishAll(ShardHarness harness)
    {
        for (var i = 0; i < Waiting; i++)
            harness.Publish("news", "a payload of the usual size, which is not large");
    }

    private static async Task<ShardHarness.Client[]> SubscribedAsync(ShardHarness harness, int count)
    {
        harness.Source.Script = static _ => new(true);
        var clients = Enumerable.Range(0, count).Select(_ => harness.Open()).ToArray();
        await Task.WhenAll(clients.Select(client => client.SubscribeAsync("news")));
        await harness.SettleAsync();
        foreach (var client in clients)
            client.Transport.Forget();
        return clients;
    }

    private sealed class FaultyEncoder : IPublicationEncoder
    {
        public int Slot => 0;

        public OutboundFrame Encode(Publication publication) =>
            publication.Payload.AsSpan().SequenceEqual("fault"u8)
                ? throw new InvalidOperationException("a fault")
                : OutboundFrame.Create(Opcode.Text, publication.Payload);
    }
}
