using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Relay;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Connections;

/// <summary>A client that does not read costs the node a bounded queue and its neighbours nothing.</summary>
public sealed class SlowConsumerTests
{
    private const int MaxQueueBytes = 256 * 1024;

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(100)]
    [InlineData(3_000)]
    [InlineData(30_000)]
    public async Task Subscriber_ThatStopsReadingAndThenReads_GetsWhatHadLeftAndTheReason(int length)
    {
        await using var node = await StartAsync();
        using var endings = new Endings(node.Metrics);
        await using (var neighbour = await WsClient.OpenAsync(node.EndPoint, "/plain/news"))
        await using (var slow = await WsClient.OpenAsync(node.EndPoint, "/plain/news", configure: socket => socket.ReceiveBufferSize = 32 * 1024))
        {
            var published = await PublishUntilSlowAsync(node, neighbour, length);

            var received = 0;
            (Opcode Opcode, byte[] Payload)? frame;
            for (frame = await slow.ReceiveAsync(); frame?.Opcode == Opcode.Text; frame = await slow.ReceiveAsync())
                Assert.Equal(Payload(received++, length), Encoding.ASCII.GetString(frame.Value.Payload));

            Assert.Equal(Opcode.Close, frame?.Opcode);
            Assert.Equal(4413, (frame!.Value.Payload[0] << 8) | frame.Value.Payload[1]);
            // Nothing is lost in silence: what did not arrive was counted.
            Assert.Equal(published - received, node.Metrics.Drops[(int)DropReason.SlowConsumer].Value);
            await slow.SendAsync(Opcode.Close, frame.Value.Payload.AsSpan(0, 2));
            Assert.Empty(await slow.ReceiveToEndAsync());

            // The neighbour is served on.
            await PublishAsync(node, "after");
            Assert.Equal("after", Encoding.ASCII.GetString((await neighbour.ReceiveAsync())!.Value.Payload));
        }

        await node.ReturnsToBaselineAsync();
        Assert.Contains("slow_consumer", endings.Reasons);
    }

    [Fact]
    public async Task Subscriber_ThatNeverReads_IsResetAtTheDeadlineAndItsMemoryReturns()
    {
        await using var node = await StartAsync();
        await using (var neighbour = await WsClient.OpenAsync(node.EndPoint, "/plain/news"))
        await using (var slow = await WsClient.OpenAsync(node.EndPoint, "/plain/news", configure: socket => socket.ReceiveBufferSize = 32 * 1024))
        {
            var published = await PublishUntilSlowAsync(node, neighbour, 3_000);
            Assert.Equal(2, node.Node.ConnectionCount);

            for (var tick = 0; tick < 6 * 8; tick++)
                _time.Advance(TimeSpan.FromMilliseconds(125));

            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 1 && node.Connections.Queues.Rented == 0 && node.Connections.Transport.Blocks.Rented == 0);
            await Assert.ThrowsAsync<SocketException>(slow.ReceiveToEndAsync);
            // Its close frame is no publication.
            Assert.Equal(0, node.Metrics.Drops[(int)DropReason.ConnectionEnded].Value);
            Assert.InRange(node.Metrics.Drops[(int)DropReason.SlowConsumer].Value, 1, published);
            await PublishAsync(node, "after");
            Assert.Equal("after", Encoding.ASCII.GetString((await neighbour.ReceiveAsync())!.Value.Payload));
        }

        await node.ReturnsToBaselineAsync();
    }

    /// <summary>Default deadlines, the heartbeat's among them, and room in the queue: it is the time that ends it, whatever its channel's rule.</summary>
    [Theory]
    [InlineData("epoll", SlowConsumer.Disconnect)]
    [InlineData("epoll", SlowConsumer.DropOldest)]
    [InlineData("epoll", SlowConsumer.Conflate)]
    [InlineData("sockets", SlowConsumer.Disconnect)]
    [InlineData("sockets", SlowConsumer.DropNewest)]
    public async Task Subscriber_ThatTakesNothing_EndsAsASlowConsumerInMetricLogAndRecord(string backend, SlowConsumer choice)
    {
        await using var node = await StartAsync(options =>
        {
            options.Transport.Backend = backend;
            options.Rules.Add(new RuleOptions { Pattern = "*", SlowConsumer = choice });
        });
        using var endings = new Endings(node.Metrics);
        await using (await StopReadingAsync(node))
        {
            var id = node.Connections.Registry.All().Single().Id;
            // The heartbeat's ping would have gone after 25 s, and been missed 10 s later; what is sent has 30.
            for (var tick = 0; tick < 33 * 8; tick++)
                _time.Advance(TimeSpan.FromMilliseconds(125));

            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 0);
            Assert.Equal(["slow_consumer"], endings.Reasons);
            Assert.Contains(node.Logs.Lines, line => line.Message == $"Connection {id} ended: slow consumer");
            Assert.Same(CloseReason.SlowConsumer, node.Connections.Ended.Find(id)!.Value.Reason);
        }

        await node.ReturnsToBaselineAsync();
    }

    /// <summary>Where the kernel has been given a deadline of its own, and is the first: this node's clock stands still.</summary>
    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task Subscriber_ThatTakesNothing_IsGivenUpByTheKernelForTheSameReason(string backend)
    {
        await using var node = await StartAsync(options =>
        {
            options.Transport.Backend = backend;
            options.Transport.UserTimeout = TimeSpan.FromSeconds(1);
        });
        using var endings = new Endings(node.Metrics);
        await using (await StopReadingAsync(node))
        {
            var id = node.Connections.Registry.All().Single().Id;
            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 0);

            Assert.Equal(["slow_consumer"], endings.Reasons);
            Assert.Same(CloseReason.SlowConsumer, node.Connections.Ended.Find(id)!.Value.Reason);
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task ManySlowConsumers_CostTheirNeighboursNothing()
    {
        await using var node = await StartAsync();
        var slow = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => WsClient.OpenAsync(node.EndPoint, "/plain/news", configure: socket => socket.ReceiveBufferSize = 32 * 1024)));
        var neighbours = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => WsClient.OpenAsync(node.EndPoint, "/plain/news")));
        await node.SubscribedAsync(70);

        for (var i = 0; i < 500; i++)
        {
            await PublishAsync(node, Payload(i, 3_000));
            foreach (var neighbour in neighbours)
                Assert.Equal(Payload(i, 3_000), Encoding.ASCII.GetString((await neighbour.ReceiveAsync())!.Value.Payload));
        }

        await Eventually.TrueAsync(() => node.Connections.Registry.All().Count(connection => connection.State == ConnectionState.Open) == 20);
        foreach (var client in (WsClient[])[.. slow, .. neighbours])
            await client.DisposeAsync();
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task EchoClient_ThatSendsAndDoesNotRead_IsPausedAndGoesOn()
    {
        const int messages = 2_000;
        await using var node = await StartAsync();
        await using (var neighbour = await Neighbour.ServeAsync(node))
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo", configure: socket => socket.ReceiveBufferSize = 32 * 1024))
        {
            var sending = Task.Run(async () =>
            {
                for (var i = 0; i < messages; i++)
                    await client.SendTextAsync(Payload(i, 10_000));
            });
            // A pause begins when more waits than echo lets wait; a send is pending then, and nothing is read.
            await Eventually.TrueAsync(() => node.Connections.Registry.All().Any(connection => connection.QueuedBytes > 40_000));
            Assert.All(node.Connections.Registry.All(), connection => Assert.InRange(connection.QueuedBytes, 0, 64 * 1024 + 10_010));
            await neighbour.WasServedAsync();

            for (var i = 0; i < messages; i++)
                Assert.Equal(Payload(i, 10_000), Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
            await sending;
            Assert.All(node.Connections.Registry.All(), connection => Assert.Equal(ConnectionState.Open, connection.State));
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task EchoClient_ThatIsPaused_IsNotTakenForSilent()
    {
        await using var node = await StartAsync(options =>
        {
            options.Transport.SendTimeout = TimeSpan.FromMinutes(10);
            options.Limits.MaxQueueBytes = 8 * 1024 * 1024;
        });
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo", configure: socket => socket.ReceiveBufferSize = 32 * 1024))
        {
            var payload = new byte[1024 * 1024];
            await client.SendAsync(Opcode.Binary, payload);
            await Eventually.TrueAsync(() => node.Connections.Transport.PendingSends == 1);

            for (var tick = 0; tick < 100 * 8; tick++)
                _time.Advance(TimeSpan.FromMilliseconds(125));

            Assert.Equal(payload, (await client.ReceiveAsync())!.Value.Payload);
            await client.SendTextAsync("still here");
            Assert.Equal("still here", Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
        }

        await node.ReturnsToBaselineAsync();
    }

    /// <summary>A subscriber that reads nothing, and for whom something waits that the kernel has not taken.</summary>
    private static async Task<WsClient> StopReadingAsync(TestNode node)
    {
        var slow = await WsClient.OpenAsync(node.EndPoint, "/plain/news", configure: socket => socket.ReceiveBufferSize = 32 * 1024);
        await node.SubscribedAsync(1);
        for (var i = 0; node.Connections.Transport.PendingSends == 0; i++)
        {
            await PublishAsync(node, Payload(i, 3_000));
            var deliveries = i + 1;
            await Eventually.TrueAsync(() => node.Metrics.Deliveries.Value == deliveries);
        }

        return slow;
    }

    private static string Payload(int number, int length) => number.ToString(CultureInfo.InvariantCulture).PadRight(length, '.');

    private static async Task<int> PublishUntilSlowAsync(TestNode node, WsClient neighbour, int length)
    {
        await node.SubscribedAsync(2);
        var drops = node.Metrics.Drops[(int)DropReason.SlowConsumer];
        var published = 0;
        for (; drops.Value == 0; published++)
        {
            await PublishAsync(node, Payload(published, length));
            Assert.Equal(Payload(published, length), Encoding.ASCII.GetString((await neighbour.ReceiveAsync())!.Value.Payload));
            // Both have been dealt with, be it by a drop, which is counted last.
            var deliveries = 2L * (published + 1);
            await Eventually.TrueAsync(() => node.Metrics.Deliveries.Value == deliveries || node.Connections.Registry.All().Any(connection => connection.State == ConnectionState.Closing));
        }

        return published;
    }

    private static async Task PublishAsync(TestNode node, string payload) =>
        await node.Node.Publisher.PublishAsync(ChannelName.Parse("news"), Encoding.ASCII.GetBytes(payload), PublicationSource.Api, CancellationToken.None);

    private Task<TestNode> StartAsync(Action<GatewayOptions>? configure = null) => TestNode.StartAsync(
        options =>
        {
            options.Limits.MaxQueueBytes = MaxQueueBytes;
            options.Limits.MaxPublicationBytes = MaxQueueBytes / 4;
            configure?.Invoke(options);
        },
        time: _time);
}
