using System.Text;
using Gateway.Core.Brokers;
using Gateway.Core.Investigation;
using Gateway.Core.Options;
using Gateway.Core.Removal;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Channels;

/// <summary>What operators and other nodes ask of a node, and what it counts.</summary>
public sealed class NodeTests
{
    [Fact]
    public async Task Disconnect_ConnectionOfThisNode_IsLocal()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.OpenAsync(node.EndPoint);
        var id = (await client.ReceiveJsonAsync()).GetProperty("connection").GetString()!;

        Assert.Equal(DisconnectResult.Local, await node.Node.Removals.DisconnectAsync(id, CancellationToken.None));
        Assert.Equal(4403, (await client.ReceiveCloseAsync()).Code);
        await client.SendAsync(Core.Framing.Opcode.Close, [0x03, 0xE8]);
        Assert.Empty(await client.ReceiveToEndAsync());
        await Eventually.TrueAsync(() => node.Node.ConnectionCount == 0);
    }

    [Fact]
    public async Task Disconnect_ConnectionOfAnotherNode_IsRelayed()
    {
        var bus = new InProcessBus();
        await using var first = await TestNode.StartAsync(broker: new InProcessBroker(bus));
        await using var second = await TestNode.StartAsync(broker: new InProcessBroker(bus));
        using var metrics = new MetricsReader(second.Metrics);
        await using var client = await WsClient.OpenAsync(second.EndPoint);
        await using var other = await WsClient.OpenJsonAsync(second.EndPoint);
        var id = (await client.ReceiveJsonAsync()).GetProperty("connection").GetString()!;

        Assert.Equal(DisconnectResult.Relayed, await first.Node.Removals.DisconnectAsync(id, CancellationToken.None));
        Assert.Equal(4403, (await client.ReceiveCloseAsync()).Code);
        Assert.Equal(1, metrics["gateway.envelopes{result=disconnected}"]);

        Assert.Equal(DisconnectResult.Relayed, await first.Node.Removals.DisconnectAsync("0123456789abcdef", CancellationToken.None));
        Assert.Equal(1, metrics["gateway.envelopes{result=not_here}"]);
        await other.SubscribeAsync("news"); // still there
    }

    [Theory]
    [InlineData("""{"v":1,"channels":["a","b"],"data":{"n": 1.50}}""", "{\"n\": 1.50}")]
    [InlineData("""{"v":1,"channels":["a","b"],"data":"\u0041\/"}""", "\"\\u0041\\/\"")]
    [InlineData("""{"v":1,"channels":["a","b"],"data":null}""", "null")]
    [InlineData("""{"v":1,"channels":["a","b"],"data":false,"text":null}""", "false")]
    [InlineData("""{"v":1,"channels":["a","b"],"text":"{\"n\":1}"}""", "{\"n\":1}")]
    [InlineData("""{"v":1,"channels":["a","b"],"text":""}""", "")]
    [InlineData("""{"v":1,"channels":["a","b"],"binary":"aGVsbG8="}""", "hello")]
    [InlineData("""{"trace":{"id":[1]},"v":1,"channels":["a","b"],"text":"t","ttl":5}""", "t")]
    public async Task Envelope_WithChannels_IsPublishedToEach(string envelope, string payload)
    {
        await using var node = await TestNode.StartAsync();
        using var metrics = new MetricsReader(node.Metrics);
        await using var a = await PlainAsync(node, "a");
        await using var b = await PlainAsync(node, "b");

        await SendAsync(node, envelope);

        Assert.Equal(payload, Encoding.UTF8.GetString((await a.ReceiveAsync())!.Value.Payload));
        Assert.Equal(payload, Encoding.UTF8.GetString((await b.ReceiveAsync())!.Value.Payload));
        Assert.Equal(1, metrics["gateway.envelopes{result=published}"]);
    }

    [Theory]
    [InlineData("newer_version", """{"v":2,"channels":["a"],"data":1}""")]
    [InlineData("newer_version", """{"v":2,"op":"disconnect","connection":"0123456789abcdef"}""")]
    [InlineData("newer_version", """{"v":2,"channels":{"not":"a list"},"op":["neither"],"binary":1}""")]
    [InlineData("unknown_operation", """{"v":1,"op":"dance"}""")]
    [InlineData("unknown_operation", """{"v":1,"op":"disconnect"}""")]
    [InlineData("not_here", """{"v":1,"op":"disconnect","connection":"no id"}""")]
    [InlineData("malformed", "")]
    [InlineData("malformed", "no json")]
    [InlineData("malformed", "[]")]
    [InlineData("malformed", "null")]
    [InlineData("malformed", "{}")]
    [InlineData("malformed", """{"v":0,"channels":["a"],"data":1}""")]
    [InlineData("malformed", """{"v":"1","channels":["a"],"data":1}""")]
    [InlineData("malformed", """{"channels":["a"],"data":1}""")]
    [InlineData("malformed", """{"v":1,"data":1}""")]
    [InlineData("malformed", """{"v":1,"channels":[],"data":1}""")]
    [InlineData("malformed", """{"v":1,"channels":["a"]}""")]
    [InlineData("malformed", """{"v":1,"channels":["a"],"data":1,"text":"x"}""")]
    [InlineData("malformed", """{"v":1,"channels":["a"],"text":"x","binary":"aGVsbG8="}""")]
    [InlineData("malformed", """{"v":1,"channels":["a"],"binary":"not base64!"}""")]
    [InlineData("malformed", """{"v":1,"channels":["a b"],"data":1}""")]
    [InlineData("malformed", """{"v":1,"channels":[null],"data":1}""")]
    [InlineData("malformed", """{"v":1,"channels":["a"],"text":"\ud800"}""")]
    public async Task Envelope_ThatIsNotUnderstood_IsCountedAndDoesNothing(string result, string envelope)
    {
        await using var node = await TestNode.StartAsync();
        using var metrics = new MetricsReader(node.Metrics);
        await using var a = await PlainAsync(node, "a");

        await SendAsync(node, envelope);
        Assert.Equal(1, metrics[$"gateway.envelopes{{result={result}}}"]);

        await SendAsync(node, """{"v":1,"channels":["a"],"text":"next"}""");
        Assert.Equal("next", Encoding.UTF8.GetString((await a.ReceiveAsync())!.Value.Payload));
    }

    [Fact]
    public async Task Envelope_WithBytesThatAreNoText_IsMalformedAndNothingBreaks()
    {
        await using var node = await TestNode.StartAsync();
        using var metrics = new MetricsReader(node.Metrics);
        byte[] inData = [.. "{\"v\":1,\"channels\":[\"a\"],\"data\":\""u8, 0xFF, .. "\"}"u8];
        byte[] inText = [.. "{\"v\":1,\"channels\":[\"a\"],\"text\":\""u8, 0xFF, .. "\"}"u8];
        byte[] inAName = [.. "{\"v\":1,\"channels\":[\""u8, 0xFF, .. "\"],\"text\":\"x\"}"u8];
        foreach (var envelope in (byte[][])[inData, inText, inAName])
            await node.Node.Broker.Bus.SendAsync(envelope, CancellationToken.None);
        Assert.Equal(3, metrics["gateway.envelopes{result=malformed}"]);
    }

    [Fact]
    public async Task Gap_ReachesSubscribedJsonClientsOnly()
    {
        var broker = new ScriptedBroker();
        await using var node = await TestNode.StartAsync(options => options.Channels.GapRate = 8, broker);
        await using var subscribed = await WsClient.OpenJsonAsync(node.EndPoint);
        await subscribed.SubscribeAsync("news");
        await using var idle = await WsClient.OpenJsonAsync(node.EndPoint);
        await using var plain = await PlainAsync(node, "news");
        await using var echo = await WsClient.OpenAsync(node.EndPoint, "/echo");

        broker.Sink.OnGap(TimeSpan.FromMilliseconds(1840));

        var told = (await subscribed.ReceiveAsync())!.Value.Payload;
        Assert.Equal("""{"type":"gap","channels":"all","ms":1840,"within_ms":500}""", Encoding.UTF8.GetString(told)); // four clients, eight a second
        // The one that is not subscribed, plain and echo get what comes next as their next.
        await idle.SendTextAsync("""{"type":"ping"}""");
        Assert.Equal("pong", (await idle.ReceiveJsonAsync()).GetProperty("type").GetString());
        await DeliveryTests.PublishAsync(node, "news", "next"u8.ToArray());
        Assert.Equal("next", Encoding.UTF8.GetString((await plain.ReceiveAsync())!.Value.Payload));
        await echo.SendTextAsync("x");
        Assert.Equal("x", Encoding.UTF8.GetString((await echo.ReceiveAsync())!.Value.Payload));
    }

    [Fact]
    public async Task Publication_TooLarge_IsDroppedAndCounted()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.MaxPublicationBytes = 1000);
        using var metrics = new MetricsReader(node.Metrics);
        await using var client = await PlainAsync(node, "news");

        await DeliveryTests.PublishAsync(node, "news", new byte[1001]);
        await SendAsync(node, $$"""{"v":1,"channels":["news","elsewhere"],"text":"{{new string('x', 1001)}}"}""");
        await DeliveryTests.PublishAsync(node, "news", new byte[1000]);

        Assert.Equal(new byte[1000], (await client.ReceiveAsync())!.Value.Payload);
        Assert.Equal(3, metrics["gateway.deliveries.dropped{reason=too_large}"]);
        Assert.Equal(2, metrics["gateway.publications.received{source=channel}"]);
        Assert.Equal(2, metrics["gateway.publications.received{source=envelope}"]);
        Assert.Equal(1, metrics["gateway.deliveries"]);
    }

    [Fact]
    public async Task FindConnection_ByItsId_TellsAboutIt()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.OpenAsync(node.EndPoint);
        var id = (await client.ReceiveJsonAsync()).GetProperty("connection").GetString()!;
        await client.SubscribeAsync("b");
        await client.SubscribeAsync("a");

        var info = await node.Node.Facts.FindConnectionAsync(id, 1000);
        Assert.NotNull(info);
        Assert.Equal((id, "json", "open", 2), (info.Id, info.Protocol, info.State, info.Subscriptions));
        Assert.Equal(["a", "b"], info.Channels.Order());
        Assert.Equal(client.LocalEndPoint.ToString(), info.RemoteAddress);
        Assert.Equal(node.EndPoint.ToString(), info.LocalAddress);
        Assert.Equal(0, info.QueuedBytes);

        Assert.Null(await node.Node.Facts.FindConnectionAsync("0123456789abcdef", 1000));
        Assert.Null(await node.Node.Facts.FindConnectionAsync("x", 1000));
        Assert.Null(await node.Node.Facts.FindConnectionAsync("", 1000));
    }

    [Fact]
    public async Task FindConnection_WithoutSubscriptions_HasNone()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.OpenAsync(node.EndPoint);
        var id = (await client.ReceiveJsonAsync()).GetProperty("connection").GetString()!;
        var info = await node.Node.Facts.FindConnectionAsync(id, 1000);
        Assert.Equal(0, info!.Subscriptions);
        Assert.Empty(info.Channels);
    }

    [Fact]
    public async Task ListChannels_ByPrefixAndLimit_CountsSubscribersOfAllShards()
    {
        await using var node = await TestNode.StartAsync(options => options.Channels.Shards = 4);
        var clients = new List<WsClient>();
        for (var i = 0; i < 12; i++)
        {
            clients.Add(await WsClient.OpenJsonAsync(node.EndPoint));
            await clients[i].SubscribeAsync("chat:all");
            await clients[i].SubscribeAsync($"chat:{i % 3}");
        }

        await clients[0].SubscribeAsync("news");
        Assert.Equal((12, 5, 25), (node.Node.ConnectionCount, node.Node.ChannelCount, node.Node.SubscriptionCount));
        Assert.Equal(
            [
                new ChannelInfo("chat:0", 4, "subscribed"),
                new("chat:1", 4, "subscribed"),
                new("chat:2", 4, "subscribed"),
                new("chat:all", 12, "subscribed"),
            ],
            await node.Node.Investigator.ListChannelsAsync("chat:", 100));
        Assert.Equal(["chat:0", "chat:1"], (await node.Node.Investigator.ListChannelsAsync("", 2)).Select(channel => channel.Name));
        Assert.Empty(await node.Node.Investigator.ListChannelsAsync("x", 100));
        // The busiest first, however they are spread over the shards; equals by name.
        Assert.Equal(["chat:all", "chat:0"], (await node.Node.Investigator.ListChannelsAsync("", 2, ChannelOrder.Subscribers)).Select(channel => channel.Name));
        Assert.Equal(["chat:all", "chat:0", "chat:1", "chat:2", "news"], (await node.Node.Investigator.ListChannelsAsync("", 100, ChannelOrder.Subscribers)).Select(channel => channel.Name));

        foreach (var client in clients)
            await client.DisposeAsync();
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Channel_AfterItsLastSubscriber_IsLeftAfterAWhile()
    {
        await using var node = await TestNode.StartAsync(options => options.Channels.LeaveAfter = TimeSpan.Zero);
        var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SubscribeAsync("news");
        Assert.Equal(1, node.Node.ChannelCount);
        await client.DisposeAsync();
        await Eventually.TrueAsync(() => node.Node.ChannelCount == 0);
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Metrics_OfAFewClients_AddUp()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Channels.Shards = 1;
            options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone });
        });
        using var metrics = new MetricsReader(node.Metrics);
        // An alert that divides by a series that is gone is silent just when everybody is lost.
        Assert.True(metrics.Has("gateway.connections{protocol=json,state=open}"));
        Assert.True(metrics.Has("gateway.nodes{state=draining}"));
        Assert.Equal(0, metrics["gateway.connections{protocol=json,state=open}"]);
        await using var json = await WsClient.OpenJsonAsync(node.EndPoint);
        await json.SubscribeAsync("news");
        await using var plain = await PlainAsync(node, "news");
        Assert.Equal(1, metrics["gateway.connections{protocol=json,state=open}"]);
        Assert.Equal(1, metrics["gateway.connections{protocol=plain,state=open}"]);
        Assert.Equal(2, metrics["gateway.handshakes{result=accepted}"]);
        Assert.Equal((1, 2), (metrics["gateway.channels"], metrics["gateway.subscriptions"]));
        Assert.Equal(1, metrics["gateway.broker.connected"]);

        await DeliveryTests.PublishAsync(node, "news", "1"u8.ToArray());
        await json.ReceiveJsonAsync();
        await plain.ReceiveAsync();
        await json.SendTextAsync("""{"type":"publish","channel":"other","data":2}""");
        await json.ReceiveJsonAsync();
        await metrics.BecomesAsync("gateway.deliveries", 2);
        Assert.Equal(1, metrics["gateway.publications{result=ok,source=api}"]);
        Assert.Equal(1, metrics["gateway.publications{result=ok,source=client}"]);
        Assert.Equal(1, metrics["gateway.publications.received{source=channel}"]); // nobody here is subscribed to the other channel
        Assert.Equal(2, metrics["gateway.messages.received{kind=text,protocol=json}"]);
        await metrics.BecomesAsync("gateway.messages.sent{kind=text,protocol=json}", 4); // a welcome, two answers, a delivery
        await metrics.BecomesAsync("gateway.messages.sent{kind=text,protocol=plain}", 1);
        Assert.Equal(3, metrics["gateway.messages.sent.size{kind=text,protocol=plain}"]); // a header of two bytes, and 1
        await metrics.BecomesAsync("gateway.delivery.latency", 1);

        await using (var refused = await WsClient.ConnectAsync(node.EndPoint))
        {
            await refused.SendRawAsync(WsClient.UpgradeRequest("/nowhere"));
            Assert.StartsWith("HTTP/1.1 404 ", await refused.ReceiveHeadAsync(), StringComparison.Ordinal);
        }

        await metrics.BecomesAsync("gateway.handshakes{result=404}", 1);
        await metrics.BecomesAsync("gateway.closes{protocol=none,reason=refused}", 1);
    }

    [Theory]
    [InlineData("client")]
    [InlineData("connection_lost")]
    [InlineData("unsupported_data")]
    [InlineData("disconnected")]
    [InlineData("bad_request")]
    [InlineData("protocol_error")]
    public async Task Metrics_OfACloseByReason_CountIt(string reason)
    {
        await using var node = await TestNode.StartAsync();
        using var metrics = new MetricsReader(node.Metrics);
        await using var client = await WsClient.OpenAsync(node.EndPoint);
        var id = (await client.ReceiveJsonAsync()).GetProperty("connection").GetString()!;
        switch (reason)
        {
            case "client":
                await client.SendAsync(Core.Framing.Opcode.Close, [0x03, 0xE8]);
                break;
            case "connection_lost":
                client.Socket.LingerState = new(true, 0);
                break;
            case "unsupported_data":
                await client.SendAsync(Core.Framing.Opcode.Binary, [1]);
                break;
            case "disconnected":
                await node.Node.Removals.DisconnectAsync(id, CancellationToken.None);
                break;
            case "bad_request":
                await client.SendTextAsync("?");
                break;
            default:
                await client.SendRawAsync(WsClient.Frame(Core.Framing.Opcode.Text, "x"u8, masked: false));
                break;
        }

        if (reason != "connection_lost")
            await client.ReceiveCloseAsync();
        await client.DisposeAsync();
        await metrics.BecomesAsync($"gateway.closes{{protocol=json,reason={reason}}}", 1);
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Metrics_OfCloseFrames_CountThoseThatLeft()
    {
        await using var node = await TestNode.StartAsync();
        using var metrics = new MetricsReader(node.Metrics);
        await using (var vanished = await WsClient.OpenJsonAsync(node.EndPoint))
            vanished.Socket.LingerState = new(true, 0);
        await metrics.BecomesAsync("gateway.closes{protocol=json,reason=connection_lost}", 1);
        Assert.Equal(0, metrics["gateway.messages.sent{kind=close,protocol=json}"]);

        await using (var leaving = await WsClient.OpenJsonAsync(node.EndPoint))
        {
            await leaving.SendAsync(Core.Framing.Opcode.Close, [0x03, 0xE8]);
            Assert.Equal(1000, (await leaving.ReceiveCloseAsync()).Code);
        }

        await using (var wrong = await WsClient.OpenJsonAsync(node.EndPoint))
        {
            await wrong.SendAsync(Core.Framing.Opcode.Binary, [1]);
            await wrong.ReceiveCloseAsync();
        }

        await node.ReturnsToBaselineAsync();
        Assert.Equal(2, metrics["gateway.messages.sent{kind=close,protocol=json}"]);
        Assert.Equal(0, metrics["gateway.messages.sent{kind=close,protocol=plain}"]);
        Assert.Equal(1, metrics["gateway.messages.received{kind=close,protocol=json}"]);
    }

    private static ValueTask SendAsync(TestNode node, string envelope) =>
        node.Node.Broker.Bus.SendAsync(Encoding.UTF8.GetBytes(envelope), CancellationToken.None);

    private static async Task<WsClient> PlainAsync(TestNode node, string channel)
    {
        var before = node.Node.SubscriptionCount;
        var client = await WsClient.OpenAsync(node.EndPoint, $"/plain/{channel}");
        // Plain mode acknowledges nothing: the node says when it is subscribed.
        Assert.True(await Eventually.BecomesAsync(
            async () => node.Node.SubscriptionCount > before
                && await node.Node.Investigator.ListChannelsAsync(channel, 1) is [{ State: "subscribed", Subscribers: > 0 }],
            TimeSpan.FromSeconds(60)));
        return client;
    }
}
