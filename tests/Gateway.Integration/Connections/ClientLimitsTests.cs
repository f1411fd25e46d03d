using System.Text;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Connections;

/// <summary>What one client, or one address, may use. The clock stands still but where a test moves it: a second's worth passes, and no more.</summary>
public sealed class ClientLimitsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Commands_AboveTheRate_CloseWith4429AfterThoseBeforeCounted()
    {
        await using var node = await StartAsync(options => options.Limits.CommandsPerSecond = 5);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            for (var i = 0; i < 8; i++)
                await client.SendTextAsync($"{i}");

            for (var i = 0; i < 5; i++)
                Assert.Equal($"{i}", Encoding.UTF8.GetString((await client.ReceiveAsync())!.Value.Payload));
            Assert.Equal((4429, "more than the rate limit allows"), await client.ReceiveCloseAsync());
        }

        await ReachedAsync(node, "commands");
    }

    [Fact]
    public async Task Commands_AtTheRate_GoOnForEver()
    {
        await using var node = await StartAsync(options => options.Limits.CommandsPerSecond = 5);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            for (var i = 0; i < 40; i++)
            {
                await client.SendTextAsync($"{i}");
                Assert.Equal($"{i}", Encoding.UTF8.GetString((await client.ReceiveAsync())!.Value.Payload));
                _time.Advance(TimeSpan.FromMilliseconds(250));
            }
        }

        Assert.Equal(0, node.Metrics.LimitsReached.Total);
        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData(false, 20)]
    [InlineData(true, 0)]
    public async Task ControlFrames_AboveTheRate_CloseWith4429(bool isPong, int answers)
    {
        var opcode = isPong ? Opcode.Pong : Opcode.Ping;
        await using var node = await StartAsync(options => options.Limits.ControlFramesPerSecond = 20);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            await client.SendRawAsync(Enumerable.Range(0, 25).SelectMany(_ => WsClient.Frame(opcode, "x"u8)).ToArray());

            var pongs = 0;
            (Opcode Opcode, byte[] Payload)? frame;
            while ((frame = await client.ReceiveAsync()) is { Opcode: Opcode.Pong })
                pongs++;
            Assert.Equal(answers, pongs);
            Assert.Equal(Opcode.Close, frame!.Value.Opcode);
            Assert.Equal(4429, (frame.Value.Payload[0] << 8) | frame.Value.Payload[1]);
        }

        await ReachedAsync(node, "control_frames");
    }

    [Fact]
    public async Task CloseFrame_BehindAsManyPingsAsMayBe_IsAnswered()
    {
        await using var node = await StartAsync(options => options.Limits.ControlFramesPerSecond = 2);
        await using var client = await WsClient.OpenAsync(node.EndPoint, "/echo");

        byte[] bytes = [.. WsClient.Frame(Opcode.Ping, "1"u8), .. WsClient.Frame(Opcode.Ping, "2"u8), .. WsClient.Frame(Opcode.Close, [3, 232])];
        await client.SendRawAsync(bytes);

        Assert.Equal(1000, (await client.ReceiveCloseAsync()).Code);
    }

    /// <summary>A fragment of one byte is seven on the wire: whatever shape a flood has, its bytes count.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Bytes_AboveTheRate_CloseWith4429(int fragment)
    {
        await using var node = await StartAsync(options => options.Limits.BytesPerSecond = 50_000);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            var payload = new byte[fragment];
            var flood = new List<byte>(WsClient.Frame(Opcode.Binary, payload, fin: false));
            while (flood.Count < 200_000)
                flood.AddRange(WsClient.Frame(Opcode.Continuation, payload, fin: false));
            var bytes = flood.ToArray();
            var sending = Task.Run(async () =>
            {
                try
                {
                    for (var at = 0; at < bytes.Length; at += 10_000)
                        await client.SendRawAsync(bytes.AsMemory(at, Math.Min(10_000, bytes.Length - at)));
                }
                catch (System.Net.Sockets.SocketException)
                {
                    // closed meanwhile, as it should be
                }
            });

            Assert.Equal(4429, (await client.ReceiveCloseAsync()).Code);
            await sending;
        }

        await ReachedAsync(node, "bytes");
    }

    [Fact]
    public async Task ConnectionsOfAnAddress_AboveTheMaximum_AreRefusedUntilOneEnds()
    {
        await using var node = await StartAsync(options => options.Limits.MaxConnectionsPerAddress = 3);
        var clients = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WsClient.OpenAsync(node.EndPoint, "/echo")));

        var refused = await RefusalAsync(node);
        Assert.StartsWith("HTTP/1.1 429 Too Many Requests\r\n", refused, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: ", refused, StringComparison.Ordinal);
        Assert.EndsWith("This address has as many connections as it may have.\n", refused, StringComparison.Ordinal);
        // Another address of this machine is another client.
        await using (var other = await WsClient.OpenAsync(node.EndPoint, "/echo", configure: socket => socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.2"), 0))))
            Assert.Equal("127.0.0.2", ((System.Net.IPEndPoint)other.LocalEndPoint).Address.ToString());

        await clients[0].DisposeAsync();
        await Eventually.TrueAsync(async () =>
        {
            await using var again = await WsClient.ConnectAsync(node.EndPoint);
            await again.SendRawAsync(WsClient.UpgradeRequest("/echo"));
            return (await again.ReceiveHeadAsync()).StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal);
        });
        foreach (var client in clients)
            await client.DisposeAsync();
        await ReachedAsync(node, "address_connections");
    }

    /// <summary>Who says nothing has a place as well, and no answer above twice the maximum.</summary>
    [Fact]
    public async Task SocketsOfAnAddress_AboveTwiceTheMaximum_AreReset()
    {
        await using var node = await StartAsync(options => options.Limits.MaxConnectionsPerAddress = 3);
        var silent = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => WsClient.ConnectAsync(node.EndPoint)));
        await Eventually.TrueAsync(() => node.Node.ConnectionCount == 6);

        var ended = await Record.ExceptionAsync(async () =>
        {
            await using var flood = await WsClient.ConnectAsync(node.EndPoint); // may be reset while it connects
            Assert.Empty(await flood.ReceiveToEndAsync());
        });
        Assert.True(ended is null or System.Net.Sockets.SocketException, $"{ended}");

        foreach (var client in silent)
            await client.DisposeAsync();
        await ReachedAsync(node, "address_connections");
    }

    [Fact]
    public async Task HandshakesOfAnAddress_AboveTheRate_AreRefused()
    {
        await using var node = await StartAsync(options => options.Limits.HandshakesPerSecondPerAddress = 4);
        for (var i = 0; i < 4; i++)
            await (await WsClient.OpenAsync(node.EndPoint, "/echo")).DisposeAsync();

        Assert.StartsWith("HTTP/1.1 429 ", await RefusalAsync(node), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await (await WsClient.OpenAsync(node.EndPoint, "/echo")).DisposeAsync();

        await ReachedAsync(node, "address_handshakes");
    }

    [Fact]
    public async Task Handshakes_AboveTheNodesRate_AreRefusedWith503()
    {
        await using var node = await StartAsync(options => options.Limits.HandshakesPerSecond = 4);
        for (var i = 0; i < 4; i++)
            await (await WsClient.OpenAsync(node.EndPoint, "/echo")).DisposeAsync();

        var refused = await RefusalAsync(node);
        Assert.StartsWith("HTTP/1.1 503 ", refused, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: ", refused, StringComparison.Ordinal);

        await ReachedAsync(node, "handshakes");
    }

    /// <summary>The proxy's own address is everybody's: what counts is the client that it names.</summary>
    [Fact]
    public async Task Address_BehindATrustedProxy_IsTheOneItNames()
    {
        await using var node = await StartAsync(options =>
        {
            options.Limits.MaxConnectionsPerAddress = 1;
            options.TrustedProxies.Add("127.0.0.1");
        });
        await using var one = await WsClient.OpenAsync(node.EndPoint, "/echo", "X-Forwarded-For: 2001:db8:1:2::1\r\n");
        await using var other = await WsClient.OpenAsync(node.EndPoint, "/echo", "X-Forwarded-For: 2001:db8:1:3::1\r\n");

        Assert.StartsWith("HTTP/1.1 429 ", await RefusalAsync(node, "X-Forwarded-For: 2001:db8:1:2::2\r\n"), StringComparison.Ordinal);
        Assert.Contains(node.Logs.Lines, line => line.Message.Contains("Gateway:Limits:MaxConnectionsPerAddress", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Channels_AboveTheNodesMaximum_AreRefusedAndLeaveNoTrace()
    {
        await using var node = await StartAsync(options =>
        {
            options.Limits.MaxChannels = 3;
            options.Channels.LeaveAfter = TimeSpan.Zero;
        });
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await using var other = await WsClient.OpenJsonAsync(node.EndPoint);
        foreach (var channel in (string[])["a", "b", "c"])
            await client.SubscribeAsync(channel);

        await other.SendTextAsync("""{"type":"subscribe","id":7,"channel":"d"}""");
        var refused = await other.ReceiveJsonAsync();
        Assert.Equal(("error", "too_many_channels"), (refused.GetProperty("type").GetString(), refused.GetProperty("code").GetString()));
        await other.SubscribeAsync("a"); // one that is there
        Assert.Equal((3, 4), (node.Node.ChannelCount, node.Node.SubscriptionCount));
        await using (var plain = await WsClient.OpenAsync(node.EndPoint, "/plain/e"))
            Assert.Equal(1013, (await plain.ReceiveCloseAsync()).Code);

        await client.SendTextAsync("""{"type":"unsubscribe","channel":"b"}""");
        Assert.Equal("ok", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());
        await Eventually.TrueAsync(() => node.Node.ChannelCount == 2);
        await other.SubscribeAsync("d");
        Assert.Equal(2, node.Metrics.LimitsReached.Total);
    }

    /// <summary>Plain clients of one address name more channels than there are: another one still gets some of its own.</summary>
    [Fact]
    public async Task Channels_TakenByFewClients_AreKeptForThoseWhoAskForFew()
    {
        await using var node = await StartAsync(options => options.Limits.MaxChannels = 1000);
        var greedy = new List<WsClient>();
        for (var i = 0; i < 12; i++)
            greedy.Add(await WsClient.OpenAsync(node.EndPoint, "/plain/" + string.Join(',', Enumerable.Range(0, 100).Select(channel => $"{i}.{channel}"))));
        await Eventually.TrueAsync(() => node.Node.ChannelCount >= 800);

        await using (var other = await WsClient.OpenJsonAsync(node.EndPoint))
        {
            for (var i = 0; i < 16; i++)
                await other.SubscribeAsync($"mine-{i}");
            await other.SendTextAsync("""{"type":"subscribe","id":7,"channel":"one-more"}""");
            Assert.Equal("too_many_channels", (await other.ReceiveJsonAsync()).GetProperty("code").GetString());
        }

        foreach (var client in greedy)
            await client.DisposeAsync();
        await ReachedAsync(node, "channel_shares");
    }

    [Fact]
    public async Task Subscriptions_WithoutMemoryForThem_AreRefusedAndAllOfItComesBack()
    {
        await using var node = await StartAsync(options => options.Channels.LeaveAfter = TimeSpan.Zero);
        var account = node.Node.Connections.Transport.Buffers.Account;
        var before = account.HeldBytes;
        await using (var client = await WsClient.OpenJsonAsync(node.EndPoint))
        {
            await client.SubscribeAsync("a");
            var room = account.MaxTotalBytes;
            account.MaxTotalBytes = account.TotalBytes;
            await client.SendTextAsync("""{"type":"subscribe","id":7,"channel":"b"}""");
            Assert.Equal("overloaded", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
            await using (var plain = await WsClient.OpenAsync(node.EndPoint, "/plain/b"))
                Assert.Equal(1013, (await plain.ReceiveCloseAsync()).Code);
            account.MaxTotalBytes = room;
            await client.SubscribeAsync("b");
        }

        await Eventually.TrueAsync(() => account.HeldBytes == before && node.Node.ChannelCount == 0);
    }

    [Fact]
    public async Task Subscriptions_AboveTheMaximum_AreCounted()
    {
        await using var node = await StartAsync(options => options.Limits.MaxSubscriptions = 1);
        await using (var client = await WsClient.OpenJsonAsync(node.EndPoint))
        {
            await client.SubscribeAsync("a");
            await client.SendTextAsync("""{"type":"subscribe","channel":"b"}""");
            Assert.Equal("too_many_subscriptions", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
        }

        await ReachedAsync(node, "subscriptions");
    }

    private Task<TestNode> StartAsync(Action<GatewayOptions> configure) => TestNode.StartAsync(configure, time: _time);

    private static async Task<string> RefusalAsync(TestNode node, string headers = "")
    {
        await using var client = await WsClient.ConnectAsync(node.EndPoint);
        await client.SendRawAsync(WsClient.UpgradeRequest("/echo", headers));
        return Encoding.ASCII.GetString(await client.ReceiveToEndAsync());
    }

    /// <summary>Counted under its own name alone, named in the log, and nothing is left of it.</summary>
    private static async Task ReachedAsync(TestNode node, string limit)
    {
        using var reader = new MetricsReader(node.Metrics);
        // The client hears of its end before the end is counted.
        await Eventually.TrueAsync(() => reader[$"gateway.limits.reached{{limit={limit}}}"] >= 1);
        Assert.Equal(node.Metrics.LimitsReached.Total, reader[$"gateway.limits.reached{{limit={limit}}}"]);
        await Eventually.TrueAsync(() => node.Logs.Lines.Any(line => line.Message.Contains("has reached Gateway:Limits:", StringComparison.Ordinal)));
        Assert.Single(node.Logs.Lines, line => line.Message.Contains("has reached Gateway:Limits:", StringComparison.Ordinal));
        await node.ReturnsToBaselineAsync();
    }
}
