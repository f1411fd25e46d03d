using System.Text;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Relay;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Compression;

/// <summary>permessage-deflate on a node: what is agreed to, what travels, and what is held.</summary>
public sealed class CompressionTests
{
    private const string SharedAgreement = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private static readonly int[] Sizes = [0, 1, 125, 126, 255, 256, 1000, 65_535, 65_536, 1024 * 1024];
    private static readonly ChannelName News = ChannelName.Parse("news");

    [Theory]
    [InlineData("permessage-deflate", SharedAgreement)]
    [InlineData("permessage-deflate; client_max_window_bits", SharedAgreement)]
    [InlineData("permessage-deflate; server_max_window_bits=9", SharedAgreement + "; server_max_window_bits=9")]
    [InlineData("permessage-deflate; server_max_window_bits=8", "")]
    [InlineData("permessage-deflate; x", "")]
    [InlineData("permessage-bzip2", "")]
    public async Task Offer_ByDefault_IsAnsweredWithoutContextTakeover(string offer, string agreement)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.OpenAsync(node.EndPoint, "/echo", $"Sec-WebSocket-Extensions: {offer}\r\n");

        Assert.Equal(agreement, DeflateClient.AgreementOf(client));
    }

    [Fact]
    public async Task Offer_WhereCompressionIsOff_IsDeclined()
    {
        await using var node = await TestNode.StartAsync(Mode(CompressionMode.Off));
        await using var client = await WsClient.OpenAsync(node.EndPoint, "/echo", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        Assert.Equal("", DeflateClient.AgreementOf(client));

        await client.SendRawAsync(WsClient.Frame(Opcode.Text, "x"u8, rsv: FrameHeader.Rsv1));

        Assert.Equal(1002, (await client.ReceiveCloseAsync()).Code);
    }

    [Theory]
    [InlineData(CompressionMode.Shared, "permessage-deflate")]
    [InlineData(CompressionMode.Shared, "permessage-deflate; server_max_window_bits=10")]
    [InlineData(CompressionMode.Dedicated, "permessage-deflate")]
    [InlineData(CompressionMode.Dedicated, "permessage-deflate; server_no_context_takeover")]
    [InlineData(CompressionMode.Dedicated, "permessage-deflate; client_no_context_takeover; server_max_window_bits=9")]
    [InlineData(CompressionMode.Dedicated, "permessage-deflate; client_no_context_takeover; server_no_context_takeover")]
    public async Task Echo_OfEverySize_ComesBackAsItWas(CompressionMode mode, string offer)
    {
        await using var node = await TestNode.StartAsync(Mode(mode));
        await using (var client = await DeflateClient.OpenAsync(node.EndPoint, offer: offer))
        {
            foreach (var size in Sizes)
            {
                foreach (var message in new[] { Text(size), Noise(size) })
                {
                    // An empty one has a compressed form of its own.
                    await (size == 0 ? client.SendCompressedAsync(Opcode.Binary, [0]) : client.SendAsync(Opcode.Binary, message));
                    var (opcode, echo, compressed) = await client.ReceiveAsync();
                    Assert.Equal(Opcode.Binary, opcode);
                    Assert.Equal(message, echo);
                    Assert.Equal(size >= 256 && message[0] == (byte)'{', compressed > 0 && compressed < size);
                    Assert.True(size >= 256 || compressed == 0, "Small messages travel as they are.");
                }
            }
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Echo_WithHistory_ShrinksWhatWasSaidBefore()
    {
        await using var node = await TestNode.StartAsync(Mode(CompressionMode.Dedicated));
        await using var client = await DeflateClient.OpenAsync(node.EndPoint);
        Assert.Equal("permessage-deflate", client.Agreement);
        var message = Noise(5000);
        var sizes = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Opcode.Binary, message);
            var (_, echo, compressed) = await client.ReceiveAsync();
            Assert.Equal(message, echo);
            sizes.Add(compressed);
        }

        Assert.All(sizes.Skip(1), size => Assert.InRange(size, 1, 200));
    }

    [Fact]
    public async Task Broadcast_IsCompressedOnce()
    {
        const int clients = 100;
        await using var node = await TestNode.StartAsync();
        var subscribers = await SubscribeAsync(node, Enumerable.Repeat("permessage-deflate; client_max_window_bits", clients));
        await using var plain = await WsClient.OpenJsonAsync(node.EndPoint);
        await plain.SubscribeAsync("news");
        var before = node.Metrics.CompressionSent.Messages.Value;

        for (var i = 0; i < 3; i++)
            await PublishAsync(node, Text(2000));

        var sizes = new HashSet<int>();
        foreach (var subscriber in subscribers)
        {
            for (var i = 0; i < 3; i++)
            {
                var (opcode, message, compressed) = await subscriber.ReceiveAsync();
                Assert.Equal(Opcode.Text, opcode);
                Assert.Equal(Encoding.UTF8.GetString(Text(2000)), JsonSerializer.Deserialize<JsonElement>(message).GetProperty("data").GetRawText());
                Assert.InRange(compressed, 1, 1000);
                sizes.Add(compressed);
            }

            await subscriber.DisposeAsync();
        }

        Assert.Single(sizes);
        Assert.Equal(Encoding.UTF8.GetString(Text(2000)), (await plain.ReceiveJsonAsync()).GetProperty("data").GetRawText());
        Assert.Equal(3, node.Metrics.CompressionSent.Messages.Value - before);
    }

    [Fact]
    public async Task Broadcast_ToManyWindows_IsCompressedTwice()
    {
        await using var node = await TestNode.StartAsync();
        var offers = Enumerable.Range(9, 7).Select(bits => $"permessage-deflate; server_max_window_bits={bits}");
        var subscribers = await SubscribeAsync(node, offers.Append("permessage-deflate"));
        var before = node.Metrics.CompressionSent.Messages.Value;

        await PublishAsync(node, Text(20_000));

        foreach (var subscriber in subscribers)
        {
            var (_, message, compressed) = await subscriber.ReceiveAsync();
            Assert.True(compressed > 0);
            Assert.Equal(Encoding.UTF8.GetString(Text(20_000)), JsonSerializer.Deserialize<JsonElement>(message).GetProperty("data").GetRawText());
            await subscriber.DisposeAsync();
        }

        Assert.Equal(2, node.Metrics.CompressionSent.Messages.Value - before);
    }

    [Fact]
    public async Task Broadcast_ThatDoesNotShrink_TravelsAsItIs()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await DeflateClient.OpenAsync(node.EndPoint, "/plain/news");
        await IsSubscribedAsync(node, 1);

        await PublishAsync(node, Noise(5000));
        await PublishAsync(node, Text(255));

        Assert.Equal((5000, 0), await SizesAsync(client));
        Assert.Equal((255, 0), await SizesAsync(client));
    }

    [Fact]
    public async Task Dedicated_BroadcastsAndReplies_ShareOneHistoryInTheirOrder()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            Mode(CompressionMode.Dedicated)(options);
            options.Compression.MinimumBytes = 0;
        });
        var subscribers = await SubscribeAsync(node, ["permessage-deflate", "permessage-deflate; server_no_context_takeover", "permessage-deflate; server_max_window_bits=9"]);
        foreach (var subscriber in subscribers)
        {
            for (var i = 0; i < 200; i++)
            {
                await subscriber.SendTextAsync($$"""{"type":"ping","id":{{i}}}""");
                await PublishAsync(node, Text(300 + i));
            }

            // Every message decompresses, and both kinds come in their order.
            var (pongs, messages) = (0, 0);
            while (pongs < 200 || messages < 200)
            {
                var message = JsonSerializer.Deserialize<JsonElement>((await subscriber.ReceiveAsync()).Payload);
                if (message.GetProperty("type").GetString() == "pong")
                    Assert.Equal(pongs++, message.GetProperty("id").GetInt32());
                else
                    Assert.Equal(300 + messages++, message.GetProperty("data").GetRawText().Length);
            }

            await subscriber.DisposeAsync();
            await Eventually.TrueAsync(() => node.Node.ConnectionCount < subscribers.Count);
            subscribers = subscribers.Where(other => other != subscriber).ToList();
            foreach (var other in subscribers)
            {
                for (var i = 0; i < 200; i++)
                    Assert.Equal(300 + i, JsonSerializer.Deserialize<JsonElement>((await other.ReceiveAsync()).Payload).GetProperty("data").GetRawText().Length);
            }
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Shared_IdleConnections_HoldNothing()
    {
        await using var node = await TestNode.StartAsync();
        var clients = new List<DeflateClient>();
        for (var i = 0; i < 20; i++)
        {
            var client = await DeflateClient.OpenAsync(node.EndPoint);
            await client.SendAsync(Opcode.Text, Text(1000));
            Assert.Equal(Text(1000), (await client.ReceiveAsync()).Payload);
            clients.Add(client);
        }

        await Eventually.TrueAsync(() => node.Connections.Compression is { RentedDeflaters: 0, Inflaters.Rented: 0 });
        Assert.Single(node.Connections.Registry.All().Select(connection => connection.Compression).Distinct());

        // A message in part holds what has come of it, and no inflater; its connection's end gives it back.
        await clients[0].Socket.SendRawAsync(WsClient.Frame(Opcode.Text, clients[0].Compress(Text(1000)), fin: false, rsv: FrameHeader.Rsv1));
        await Eventually.TrueAsync(() => node.Connections.Transport.Buffers.Rented == 1);
        Assert.Equal(0, node.Connections.Compression.Inflaters.Rented);
        foreach (var client in clients)
            await client.DisposeAsync();
        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("07", 1007)]
    [InlineData("F248CDC9C9", 1007)]
    [InlineData("F3E8FFFF0700", 1007)] // not UTF-8
    public async Task Message_Wrong_EndsTheConnectionWithItsCode(string compressed, int code)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await DeflateClient.OpenAsync(node.EndPoint);

        await client.SendCompressedAsync(Opcode.Text, Convert.FromHexString(compressed));

        Assert.Equal(code, (await client.Socket.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Message_OfMoreStreamsThanAnyNeeds_EndsWith1008()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await DeflateClient.OpenAsync(node.EndPoint);

        await client.SendCompressedAsync(Opcode.Binary, [.. client.Compress(new byte[40_000]), 0x00, 0x00, 0xFF, 0xFF, .. Enumerable.Repeat((byte[])[0x03, 0x00], 2000).SelectMany(block => block), 0x00]);

        Assert.Equal(1008, (await client.Socket.ReceiveCloseAsync()).Code);
    }

    [Theory]
    [InlineData(1, 1009)]
    [InlineData(0, 0)]
    public async Task Message_AtTheLimit_IsTakenAndNotAByteMore(int beyond, int code)
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.MaxMessageBytes = 10_000);
        await using var client = await DeflateClient.OpenAsync(node.EndPoint);

        foreach (var message in new[] { Text(10_000 + beyond), Noise(10_000 + beyond) })
        {
            await using var other = await DeflateClient.OpenAsync(node.EndPoint);
            await other.SendAsync(Opcode.Binary, message);
            if (code == 0)
                Assert.Equal(message, (await other.ReceiveAsync()).Payload);
            else
                Assert.Equal(code, (await other.Socket.ReceiveCloseAsync()).Code);
        }
    }

    private static Action<GatewayOptions> Mode(CompressionMode mode) => options => options.Compression.Mode = mode;

    private static async Task<List<DeflateClient>> SubscribeAsync(TestNode node, IEnumerable<string> offers)
    {
        var subscribers = new List<DeflateClient>();
        foreach (var offer in offers)
        {
            var client = await DeflateClient.OpenAsync(node.EndPoint, "/", offer);
            await client.ReceiveAsync(); // welcome
            await client.SendTextAsync("""{"type":"subscribe","channel":"news"}""");
            await client.ReceiveAsync(); // ok
            subscribers.Add(client);
        }

        return subscribers;
    }

    private static Task IsSubscribedAsync(TestNode node, int subscribers) =>
        Eventually.TrueAsync(async () => (await node.Node.Investigator.ListChannelsAsync("", 10)).Any(channel => channel.Subscribers == subscribers));

    private static Task PublishAsync(TestNode node, byte[] payload) =>
        node.Node.Publisher.PublishAsync(News, payload, PublicationSource.Api, CancellationToken.None).AsTask();

    private static async Task<(int Size, int Compressed)> SizesAsync(DeflateClient client)
    {
        var (_, payload, compressed) = await client.ReceiveAsync();
        return (payload.Length, compressed);
    }

    /// <summary>A JSON object of so many bytes, as far as that can be.</summary>
    private static byte[] Text(int size) =>
        Encoding.UTF8.GetBytes(size < 8 ? new string('7', size) : "{\"a\":\"" + string.Concat(Enumerable.Range(0, (size / 5) + 1).Select(i => $"{i % 577:x5}"))[..(size - 8)] + "\"}");

    private static byte[] Noise(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        if (size > 0)
            bytes[0] = 0xFF;
        return bytes;
    }
}
