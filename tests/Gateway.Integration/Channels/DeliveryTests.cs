using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Relay;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Channels;

/// <summary>From a publication to the bytes on a client's socket.</summary>
public sealed class DeliveryTests
{
    public static TheoryData<byte[]> Payloads => new()
    {
        "{}"u8.ToArray(),
        """ { "b" : 1.50 , "a" : "\u0041\ud800" }  """u8.ToArray(),
        "null"u8.ToArray(),
        "plain text, größe, 日本"u8.ToArray(),
        Array.Empty<byte>(),
        "{\"cut\":"u8.ToArray(),
        new byte[] { 0, 0xFF, 0xC3, 0x28 },
        Enumerable.Range(0, 200_000).Select(i => (byte)i).ToArray(),
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Enumerable.Range(0, 60_000))),
        Encoding.UTF8.GetBytes(new string('x', 300_000) + "\n"),
        Encoding.UTF8.GetBytes(new string('y', 125)),
        Encoding.UTF8.GetBytes(new string('y', 126)),
        Encoding.UTF8.GetBytes(new string('y', 65_535)),
        Encoding.UTF8.GetBytes(new string('y', 65_536)),
    };

    [Theory]
    [MemberData(nameof(Payloads), DisableDiscoveryEnumeration = true)]
    public async Task Publication_OfAnyPayload_ArrivesByteForByte(byte[] payload)
    {
        await using var node = await TestNode.StartAsync();
        await using var json = await WsClient.OpenJsonAsync(node.EndPoint);
        await json.SubscribeAsync("news");
        await using var plain = await WsClient.OpenAsync(node.EndPoint, "/plain/other,news");
        // Plain mode acknowledges nothing: the node says when it is subscribed.
        Assert.True(await Eventually.BecomesAsync(
            async () => await node.Node.Investigator.ListChannelsAsync("news", 1) is [{ Subscribers: 2 }], TimeSpan.FromSeconds(60)));

        await PublishAsync(node, "news", payload);

        var (opcode, came) = (await plain.ReceiveAsync())!.Value;
        Assert.Equal(payload, came);
        var isText = System.Text.Unicode.Utf8.IsValid(payload);
        Assert.Equal(isText ? Opcode.Text : Opcode.Binary, opcode);

        var message = Encoding.UTF8.GetString((await json.ReceiveAsync())!.Value.Payload);
        Assert.Equal(Expected(payload, isText), message);
    }

    [Theory]
    [InlineData("/", "")]
    [InlineData("/ws", "")]
    [InlineData("/", "Sec-WebSocket-Protocol: gateway.v1\r\n")]
    [InlineData("/", "Sec-WebSocket-Protocol: chat, gateway.v1\r\n")]
    public async Task Native_WithOrWithoutSubprotocol_IsServed(string path, string headers)
    {
        await using var node = await TestNode.StartAsync(options => options.Node.Name = "node-a");
        await using var client = await WsClient.OpenAsync(node.EndPoint, path, headers);
        var isNamed = client.ResponseHead.Contains("Sec-WebSocket-Protocol: gateway.v1\r\n", StringComparison.OrdinalIgnoreCase);
        Assert.Equal(headers.Length > 0, isNamed);
        var welcome = await client.ReceiveJsonAsync();
        Assert.Equal("node-a", welcome.GetProperty("node").GetString());
        Assert.NotNull(await node.Node.Facts.FindConnectionAsync(welcome.GetProperty("connection").GetString()!, 1000));
    }

    [Fact]
    public async Task Plain_ChannelThatMayNotBeSubscribed_Is403()
    {
        await using var node = await TestNode.StartAsync(options => options.Rules.Add(new RuleOptions { Subscribe = RuleAudience.Nobody }));
        await using var client = await WsClient.ConnectAsync(node.EndPoint);
        await client.SendRawAsync(WsClient.UpgradeRequest("/plain/news"));
        Assert.StartsWith("HTTP/1.1 403 ", await client.ReceiveHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_Pipelined_AreAllAnswered()
    {
        const int commands = 500;
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SendRawAsync(Enumerable.Range(0, commands).SelectMany(i => Text(
            i % 2 == 0 ? $$"""{"type":"subscribe","id":{{i}},"channel":"c{{i}}"}""" : $$"""{"type":"ping","id":{{i}}}""")).ToArray());

        var answered = new List<int>();
        while (answered.Count < commands)
        {
            var answer = await client.ReceiveJsonAsync();
            var id = answer.GetProperty("id").GetInt32();
            Assert.Equal(id % 2 == 0 ? "ok" : "pong", answer.GetProperty("type").GetString());
            answered.Add(id);
        }

        // Each kind in its order; a pong may overtake what waits for the broker.
        Assert.Equal(Enumerable.Range(0, commands).Where(i => i % 2 == 1), answered.Where(id => id % 2 == 1));
        Assert.Equal(Enumerable.Range(0, commands).Where(i => i % 2 == 0), answered.Where(id => id % 2 == 0).Order());
        Assert.Equal(commands / 2, node.Node.SubscriptionCount);
    }

    [Fact]
    public async Task Commands_AboveTheMaximumInFlight_WaitUnreadAndAreAllAnsweredInOrder()
    {
        const int commands = 40;
        var confirmed = new SemaphoreSlim(0);
        var asked = 0;
        var broker = new ScriptedBroker
        {
            Publishing = _ =>
            {
                Interlocked.Increment(ref asked);
                return confirmed.WaitAsync();
            },
        };
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Limits.MaxCommandsInFlight = 8;
                options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone });
            },
            broker);
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        var all = Enumerable.Range(0, commands).SelectMany(i => Text($$"""{"type":"publish","id":{{i}},"channel":"c","data":{{i}}}"""));
        await client.SendRawAsync(all.ToArray());

        await Eventually.TrueAsync(() => Volatile.Read(ref asked) == 8);
        for (var i = 0; i < commands; i++)
        {
            Assert.InRange(Volatile.Read(ref asked), i, i + 8);
            confirmed.Release();
            var answer = await client.ReceiveJsonAsync();
            Assert.Equal(("ok", i), (answer.GetProperty("type").GetString(), answer.GetProperty("id").GetInt32()));
        }

        Assert.Equal(commands, asked);
    }

    [Fact]
    public async Task Subscribe_BrokerConfirmsLate_IsAcknowledgedThenAndBeforeTheFirstMessage()
    {
        var confirmed = new TaskCompletionSource();
        var broker = new ScriptedBroker { Subscribing = _ => confirmed.Task };
        await using var node = await TestNode.StartAsync(broker: broker);
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SendTextAsync("""{"type":"subscribe","id":1,"channel":"news"}""");
        await client.SendTextAsync("""{"type":"ping","id":2}""");
        Assert.Equal("pong", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());
        await PublishAsync(node, "news", "0"u8.ToArray());

        confirmed.SetResult();
        Assert.True(await Eventually.BecomesAsync(
            async () => await node.Node.Investigator.ListChannelsAsync("", 10) is [{ State: "subscribed" }], TimeSpan.FromSeconds(60)));
        await PublishAsync(node, "news", "1"u8.ToArray());
        Assert.Equal("ok", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());
        Assert.Equal(1, (await client.ReceiveJsonAsync()).GetProperty("data").GetInt32());
    }

    [Fact]
    public async Task Subscribe_BrokerUnavailable_IsToldAndTheNextOneWorks()
    {
        var failure = new BrokerUnavailableException("down", BrokerOutcome.NotDone);
        var broker = new ScriptedBroker { Subscribing = _ => Task.FromException(failure) };
        await using var node = await TestNode.StartAsync(broker: broker);
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SendTextAsync("""{"type":"subscribe","id":1,"channel":"news"}""");
        Assert.Equal("unavailable", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());

        await using var plain = await WsClient.OpenAsync(node.EndPoint, "/plain/news");
        Assert.Equal(1013, (await plain.ReceiveCloseAsync()).Code);

        // A broker that fails in a way it should not is no worse for the client.
        broker.Subscribing = static _ => Task.FromException(new InvalidOperationException("a fault"));
        await client.SendTextAsync("""{"type":"subscribe","id":2,"channel":"news"}""");
        Assert.Equal("unavailable", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());

        broker.Subscribing = static _ => Task.CompletedTask;
        await client.SubscribeAsync("news");
        await PublishAsync(node, "news", "1"u8.ToArray());
        Assert.Equal(1, (await client.ReceiveJsonAsync()).GetProperty("data").GetInt32());
    }

    [Fact]
    public async Task Publish_ByAClient_ReachesOthersAndItself()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Rules.Add(new RuleOptions { Pattern = "chat:*", Publish = RuleAudience.Anyone });
            options.Rules.Add(new RuleOptions());
            options.Limits.MaxPublicationBytes = 1000;
        });
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SubscribeAsync("chat:1");

        await client.SendTextAsync("""{"type":"publish","id":1,"channel":"chat:1","data":{"a": 1}}""");
        string[] came = [await ReceiveTextAsync(client), await ReceiveTextAsync(client)];
        Assert.Equal(
            ["""{"type":"message","channel":"chat:1","data":{"a": 1}}""", """{"type":"ok","id":1,"channel":"chat:1"}"""], came.Order());

        await client.SendTextAsync("""{"type":"publish","id":2,"channel":"news","data":1}""");
        Assert.Equal("forbidden", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
        await client.SendTextAsync($$"""{"type":"publish","id":3,"channel":"chat:1","data":"{{new string('x', 999)}}"}""");
        Assert.Equal("too_large", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publish_BrokerFails_IsToldAndTheCommandIsOver(bool isExpected)
    {
        Exception failure = isExpected
            ? new BrokerUnavailableException("down", BrokerOutcome.Unknown)
            : new InvalidOperationException("a fault");
        var broker = new ScriptedBroker { Publishing = _ => Task.FromException(failure) };
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Limits.MaxCommandsInFlight = 2;
                options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone });
            },
            broker);
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        for (var i = 0; i < 10; i++)
        {
            await client.SendTextAsync("""{"type":"publish","id":1,"channel":"c","data":1}""");
            Assert.Equal("unavailable", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task Command_WithALoneSurrogate_IsABadRequestAndNoFault()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SendTextAsync("""{"type":"\ud800"}""");
        Assert.Equal("bad_request", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
        Assert.Equal(4400, (await client.ReceiveCloseAsync()).Code);
        Assert.DoesNotContain(node.Logs.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    internal static ValueTask PublishAsync(TestNode node, string channel, byte[] payload) =>
        node.Node.Publisher.PublishAsync(ChannelName.Parse(channel), payload, PublicationSource.Api, CancellationToken.None);

    private static async Task<string> ReceiveTextAsync(WsClient client) =>
        Encoding.UTF8.GetString((await client.ReceiveAsync())!.Value.Payload);

    private static byte[] Text(string text) => WsClient.Frame(Opcode.Text, Encoding.UTF8.GetBytes(text));

    private static string Expected(byte[] payload, bool isText)
    {
        const string head = "{\"type\":\"message\",\"channel\":\"news\",";
        if (!isText)
            return string.Create(CultureInfo.InvariantCulture, $"{head}\"binary\":\"{Convert.ToBase64String(payload)}\"}}");
        var text = Encoding.UTF8.GetString(payload);
        return $"{head}\"data\":{(IsJson(text) ? text : Quoted(text))}}}";
    }

    private static string Quoted(string text) =>
        $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
