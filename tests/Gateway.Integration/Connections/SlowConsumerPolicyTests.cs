using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Relay;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Connections;

/// <summary>A client with a small window that stops reading and then reads on, over a real socket: it gets exactly what its channel's rule says.</summary>
public sealed class SlowConsumerPolicyTests
{
    private const int Keys = 7;
    private const int MaxQueueBytes = 64 * 1024;

    // Beyond what the kernel's buffers and the queue take together, many times.
    private const int Missing = 500;

    [Theory]
    [InlineData("plain", 200)]
    [InlineData("plain", 6_000)] // above what is corked
    [InlineData("json", 200)]
    [InlineData("json", 6_000)]
    public async Task DropOldest_ClientThatReadsOn_GetsTheLatestInOrderAndIsToldTheRest(string protocol, int length)
    {
        await using var run = await Run.StartAsync("oldest", protocol, length);
        await run.FallBehindAsync(DropReason.DropOldest, Missing);

        var read = await run.ReadAllAsync();

        Assert.Equal(read.Numbers.Order().Distinct(), read.Numbers);
        Assert.Equal(run.Published - 1, read.Numbers[^1]);
        run.CheckSkipped(read, DropReason.DropOldest);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("json")]
    public async Task DropNewest_ClientThatReadsOn_GetsTheBeginningInOrderAndIsToldTheRest(string protocol)
    {
        await using var run = await Run.StartAsync("newest", protocol, length: 300);
        await run.FallBehindAsync(DropReason.DropNewest, Missing);

        var read = await run.ReadAllAsync();

        // The whole beginning; later ones only where the kernel took more meanwhile, which made room.
        Assert.Equal(Enumerable.Range(0, MaxQueueBytes / 500), read.Numbers.Take(MaxQueueBytes / 500));
        Assert.Equal(read.Numbers.Order().Distinct(), read.Numbers);
        Assert.Equal(0, run.Dropped(DropReason.DropOldest));
        run.CheckSkipped(read, DropReason.DropNewest);
    }

    [Theory]
    [InlineData("plain", false)]
    [InlineData("json", false)]
    [InlineData("plain", true)]
    [InlineData("json", true)]
    public async Task Conflate_ClientThatReadsOn_EndsOnTheNewestOfEveryKey(string protocol, bool isKeyGiven)
    {
        await using var run = await Run.StartAsync("prices", protocol, length: 300, isKeyGiven);
        await run.FallBehindAsync(reason: null, Missing);
        // Bounded by the number of keys, however much is published.
        Assert.InRange(run.Slow.QueuedBytes, 0, (Keys + 1) * 400);

        var read = await run.ReadAllAsync();

        for (var key = 0; key < Keys; key++)
        {
            var ofKey = read.Numbers.Where(number => number % Keys == key).ToList();
            Assert.Equal(ofKey.Order(), ofKey);
            Assert.Equal(Enumerable.Range(run.Published - Keys, Keys).Single(number => number % Keys == key), ofKey[^1]);
        }

        Assert.Equal((0, 0L), (read.Skipped.Count, run.Dropped(DropReason.DropOldest) + run.Dropped(DropReason.DropNewest)));
        Assert.Equal(run.Published - read.Numbers.Count, run.Node.Metrics.Conflated.Value);
    }

    [Fact]
    public async Task SlowClient_ThatAsks_IsAnsweredAndPonged()
    {
        await using var run = await Run.StartAsync("oldest", "json", length: 300);
        await run.FallBehindAsync(DropReason.DropOldest, Missing);
        for (var i = 0; i < 10; i++)
            await run.Client.SendTextAsync($$"""{"type":"ping","id":{{i}}}""");
        await run.Client.SendAsync(Opcode.Ping, "you?"u8);
        await run.PublishAsync(200);

        var read = await run.ReadAllAsync(pongs: 10);

        Assert.Equal(10, read.Pongs);
        Assert.Equal(1, read.ControlPongs);
        run.CheckSkipped(read, DropReason.DropOldest);
    }

    [Fact]
    public async Task SlowClient_OfDropOldest_IsExplained()
    {
        await using var run = await Run.StartAsync("oldest", "plain", length: 300);
        await run.FallBehindAsync(DropReason.DropOldest, Missing);
        var id = run.Slow.Id.ToString();

        var found = (await run.Node.Node.Investigator.SearchConnectionAsync(id, CancellationToken.None)).Connection!;
        var explanation = await run.Node.Node.Investigator.ExplainAsync("oldest", id, CancellationToken.None);
        var lagging = (await run.Node.Node.Investigator.FindLaggingAsync(1, CancellationToken.None)).Connections[0];

        var drops = Assert.Single(found.Drops);
        Assert.Equal(("oldest", "drop_oldest", run.Dropped(DropReason.DropOldest)), (drops.Channel, drops.Reason, drops.Count));
        Assert.Contains(explanation.Causes, cause => cause.Code == "skipped");
        Assert.Equal((id, drops.Count), (lagging.Id, lagging.Drops));
    }

    [Fact]
    public async Task SlowClient_WithACompressorOfItsOwn_LosesTheNewestOnly()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            Run.Configure(options);
            options.Compression.Mode = CompressionMode.Dedicated;
            options.Compression.MinimumBytes = 1;
        });
        await using (var neighbour = await WsClient.OpenAsync(node.EndPoint, "/plain/prices"))
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/plain/prices", "Sec-WebSocket-Extensions: permessage-deflate\r\n", socket => socket.ReceiveBufferSize = 16 * 1024))
        {
            await node.SubscribedAsync(2);
            var random = new Random(1);
            for (var published = 0; node.Metrics.Drops[(int)DropReason.DropNewest].Value == 0; published++)
            {
                var noise = new byte[3_000];
                random.NextBytes(noise);
                await node.Node.Publisher.PublishAsync(ChannelName.Parse("prices"), noise, PublicationSource.Api, CancellationToken.None, key: "one");
                await neighbour.ReceiveAsync();
            }

            Assert.Equal((0L, 0L), (node.Metrics.Conflated.Value, node.Metrics.Drops[(int)DropReason.DropOldest].Value));
            Assert.All(node.Connections.Registry.All(), connection => Assert.Equal(ConnectionState.Open, connection.State));
        }

        await node.ReturnsToBaselineAsync();
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly string _channel;
        private readonly int _length;
        private readonly bool _isKeyGiven;
        private readonly WsClient _neighbour;

        private Run(TestNode node, WsClient client, WsClient neighbour, string channel, int length, bool isKeyGiven) =>
            (Node, Client, _neighbour, _channel, _length, _isKeyGiven) = (node, client, neighbour, channel, length, isKeyGiven);

        public TestNode Node { get; }

        public WsClient Client { get; }

        public Connection Slow { get; private set; } = null!;

        public int Published { get; private set; }

        public static void Configure(GatewayOptions options)
        {
            options.Limits.MaxQueueBytes = MaxQueueBytes;
            options.Heartbeat.Interval = TimeSpan.FromHours(1); // whoever does not read answers no pings
            options.Limits.MaxPublicationBytes = options.Limits.MaxMessageBytes = 16 * 1024;
            options.Rules.Add(new RuleOptions { Pattern = "oldest", SlowConsumer = SlowConsumer.DropOldest });
            options.Rules.Add(new RuleOptions { Pattern = "newest", SlowConsumer = SlowConsumer.DropNewest });
            options.Rules.Add(new RuleOptions { Pattern = "prices", SlowConsumer = SlowConsumer.Conflate, ConflateKey = "/key" });
        }

        public static async Task<Run> StartAsync(string channel, string protocol, int length, bool isKeyGiven = false)
        {
            var node = await TestNode.StartAsync(Configure);
            var neighbour = await WsClient.OpenAsync(node.EndPoint, "/plain/" + channel);
            await node.SubscribedAsync(1);
            var client = await WsClient.OpenAsync(node.EndPoint, protocol == "plain" ? "/plain/" + channel : "/", configure: socket => socket.ReceiveBufferSize = 16 * 1024);
            if (protocol == "json")
            {
                await client.ReceiveJsonAsync();
                await client.SendTextAsync($$"""{"type":"subscribe","channel":"{{channel}}"}""");
                await client.ReceiveJsonAsync();
            }

            await node.SubscribedAsync(2);
            return new Run(node, client, neighbour, channel, length, isKeyGiven)
            {
                Slow = node.Connections.Registry.All().Single(connection => connection.RemoteEndPoint!.ToString() == client.LocalEndPoint.ToString()),
            };
        }

        public long Dropped(DropReason reason) => Node.Metrics.Drops[(int)reason].Value;

        /// <param name="reason">Null: conflated.</param>
        /// <param name="missing">Until the client misses so many.</param>
        public async Task FallBehindAsync(DropReason? reason, int missing)
        {
            while ((reason is { } dropped ? Dropped(dropped) : Node.Metrics.Conflated.Value) < missing || Published % Keys != 0)
                await PublishAsync(1);
            await SettleAsync();
        }

        /// <summary>The neighbour's shard may be ahead of the other's.</summary>
        private Task SettleAsync() =>
            Eventually.TrueAsync(() => Node.Metrics.Deliveries.Value + Dropped(DropReason.DropNewest) == 2L * Published);

        public async Task PublishAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var number = Published++;
                var key = (number % Keys).ToString(CultureInfo.InvariantCulture);
                var payload = $$"""{"n":{{number}},{{(_isKeyGiven ? "" : $"\"key\":{key},")}}"pad":"{{new string('.', _length)}}"}""";
                await Node.Node.Publisher.PublishAsync(ChannelName.Parse(_channel), Encoding.UTF8.GetBytes(payload), PublicationSource.Api, CancellationToken.None, key: _isKeyGiven ? key : null);
                // The neighbour is served as if it were alone.
                Assert.Equal(payload, Encoding.UTF8.GetString((await _neighbour.ReceiveAsync())!.Value.Payload));
            }
        }

        /// <summary>Everything that the client ever gets: what was published, but for what was dropped or replaced.</summary>
        public async Task<Received> ReadAllAsync(int pongs = 0)
        {
            var received = new Received();
            await SettleAsync();
            var dropped = Dropped(DropReason.DropOldest) + Dropped(DropReason.DropNewest);
            var expected = Published - dropped - Node.Metrics.Conflated.Value;
            while (received.Numbers.Count < expected || received.Pongs < pongs || (received.IsTold && received.Skipped.Sum() < dropped))
                received.Take((await Client.ReceiveAsync())!.Value);
            // Nothing was left out, and nothing follows.
            await PublishAsync(1);
            received.Take((await Client.ReceiveAsync())!.Value);
            Assert.Equal(Published - 1, received.Numbers[^1]);
            received.Numbers.RemoveAt(received.Numbers.Count - 1);
            Published--;
            Assert.Equal(ConnectionState.Open, Slow.State);
            return received;
        }

        public void CheckSkipped(Received read, DropReason reason)
        {
            Assert.Equal(Published - read.Numbers.Count, Dropped(reason));
            if (read.IsTold)
                Assert.Equal(Dropped(reason), read.Skipped.Sum());
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await _neighbour.DisposeAsync();
            await Node.ReturnsToBaselineAsync();
            Assert.True(Node.Connections.Skipped.IsEmpty);
            Assert.Equal(0, Node.Connections.Transport.Buffers.Account.Bytes);
            await Node.DisposeAsync();
        }
    }

    private sealed class Received
    {
        public List<int> Numbers { get; } = [];

        public List<long> Skipped { get; } = [];

        public int Pongs { get; private set; }

        public int ControlPongs { get; private set; }

        /// <summary>Whether its protocol has a place for what was skipped.</summary>
        public bool IsTold { get; private set; }

        public void Take((Opcode Opcode, byte[] Payload) frame)
        {
            if (frame.Opcode == Opcode.Pong)
            {
                ControlPongs++;
                return;
            }

            var message = JsonDocument.Parse(frame.Payload).RootElement;
            if (!message.TryGetProperty("type", out var type))
            {
                Numbers.Add(message.GetProperty("n").GetInt32());
                return;
            }

            IsTold = true;
            switch (type.GetString())
            {
                case "message":
                    Numbers.Add(message.GetProperty("data").GetProperty("n").GetInt32());
                    break;
                case "skipped":
                    Skipped.Add(message.GetProperty("count").GetInt64());
                    break;
                case "pong":
                    Pongs++;
                    break;
            }
        }
    }
}
