using System.Globalization;
using System.Text;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Connections;

/// <summary>What comes in may be cut anywhere and come in any amount.</summary>
public sealed class ReceiveTests
{
    private const int Pings = 5_000;

    [Fact]
    public async Task Conversation_HoweverItIsCut_IsAnsweredTheSame()
    {
        await using var node = await TestNode.StartAsync();
        await using (var neighbour = await Neighbour.ServeAsync(node))
        {
            var input = Conversation();
            var expected = await TalkAsync(node, input, () => input.Length);
            Assert.Equal(7, expected.Messages.Count);
            Assert.Equal(["inside", "", "125"], expected.Pongs.Select(pong => pong.Length == 125 ? "125" : pong));
            Assert.Equal("1001", expected.Close);

            Assert.Equivalent(expected, await TalkAsync(node, input, () => 1), strict: true);
            for (var seed = 1; seed <= 20; seed++)
            {
                var random = new Random(seed);
                Assert.Equivalent(expected, await TalkAsync(node, input, () => random.Next(1, 1 << random.Next(1, 16))), strict: true);
            }

            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Pings_BetweenFragments_AreAnsweredBeforeTheMessageEnds()
    {
        await using var node = await TestNode.StartAsync();
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            await client.SendRawAsync(WsClient.Frame(Opcode.Text, "0"u8, fin: false));
            for (var i = 1; i < 10; i++)
            {
                await client.SendAsync(Opcode.Ping, [(byte)i]);
                Assert.Equal((Opcode.Pong, i), await ReceiveOneAsync(client));
                await client.SendRawAsync(WsClient.Frame(Opcode.Continuation, Digits(i), fin: i == 9));
            }

            Assert.Equal("0123456789", Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    public async Task Pings_ManyAtOnce_AreAllAnsweredInOrder(int length)
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.ControlFramesPerSecond = 0);
        await using (var neighbour = await Neighbour.ServeAsync(node))
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            var payloads = Enumerable.Range(0, Pings).Select(i => length == 0 ? [] : Encoding.ASCII.GetBytes(i.ToString("d125", CultureInfo.InvariantCulture))).ToArray();
            var sending = client.SendRawAsync(payloads.SelectMany(payload => WsClient.Frame(Opcode.Ping, payload)).ToArray());

            foreach (var payload in payloads)
            {
                var frame = (await client.ReceiveAsync())!.Value;
                Assert.Equal(Opcode.Pong, frame.Opcode);
                Assert.Equal(payload, frame.Payload);
            }

            await sending;
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Pings_OfAClientThatNeverReads_EndIt()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Limits.MaxQueueBytes = 64 * 1024;
            // What the client sends before it looks stands in the kernel, megabytes of it.
            options.Transport.MaxDiscardBytes = 64 * 1024 * 1024;
            // And what it sends in place of its close frame shortens the time for that.
            options.Transport.CloseTimeout = TimeSpan.FromMinutes(1);
        });
        using var endings = new Endings(node.Metrics);
        await using (var neighbour = await Neighbour.ServeAsync(node))
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo", configure: socket => socket.ReceiveBufferSize = 16 * 1024))
        {
            var pings = Enumerable.Repeat(WsClient.Frame(Opcode.Ping, new byte[125]), 500).SelectMany(frame => frame).ToArray();
            var sent = 0;
            for (; node.Connections.Registry.All().All(connection => connection.State == ConnectionState.Open); sent += 500)
                await client.SendRawAsync(pings);

            // The pongs that were queued, then the reason.
            var pongs = 0;
            var frame = await client.ReceiveAsync();
            for (; frame?.Opcode == Opcode.Pong; frame = await client.ReceiveAsync())
                pongs++;
            Assert.Equal(Opcode.Close, frame?.Opcode);
            Assert.Equal(1008, (frame!.Value.Payload[0] << 8) | frame.Value.Payload[1]);
            Assert.InRange(pongs, 16 * 1024 / 127, sent);
            await client.SendAsync(Opcode.Close, frame.Value.Payload.AsSpan(0, 2));
            Assert.Empty(await client.ReceiveToEndAsync());
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
        Assert.Contains("policy_violation", endings.Reasons);
    }

    [Theory]
    [InlineData(100_000, 1)]
    [InlineData(65_536, 0)]
    public async Task Message_InManyFragments_ArrivesWhole(int fragments, int length)
    {
        await using var node = await TestNode.StartAsync();
        await using (var neighbour = await Neighbour.ServeAsync(node))
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            using var bytes = new MemoryStream();
            for (var i = 0; i < fragments; i++)
                bytes.Write(WsClient.Frame(i == 0 ? Opcode.Text : Opcode.Continuation, Digits(i % 10).AsSpan(0, length), fin: i == fragments - 1));
            await client.SendRawAsync(bytes.ToArray());

            var expected = string.Concat(Enumerable.Range(0, length * fragments).Select(i => (char)('0' + (i % 10))));
            Assert.Equal(expected, Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Connection_AtRestAfterAnyTraffic_HoldsNothingButItsReceive()
    {
        await using var node = await TestNode.StartAsync();
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo", configure: socket => socket.ReceiveBufferSize = 16 * 1024))
        {
            // A message in pieces and so large that its echo pauses the connection.
            var payload = new byte[300_000];
            await client.SendInPiecesAsync(WsClient.Frame(Opcode.Binary, payload), () => 10_000);
            Assert.Equal(payload, (await client.ReceiveAsync())!.Value.Payload);

            await Eventually.TrueAsync(
                () => node.Connections.Transport.Buffers.Rented == 0 && node.Connections.Transport.Blocks.Rented == 0 && node.Connections.Queues.Rented == 0,
                () => $"buffers {node.Connections.Transport.Buffers.Rented}, blocks {node.Connections.Transport.Blocks.Rented}, queues {node.Connections.Queues.Rented}");
            Assert.Equal((1, 0), (node.Connections.Transport.OpenSockets, node.Connections.Transport.PendingSends));

            await client.SendTextAsync("still here");
            Assert.Equal("still here", Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
        }

        await node.ReturnsToBaselineAsync();
    }

    private static byte[] Digits(int digit) => [(byte)('0' + digit)];

    private static async Task<(Opcode, int)> ReceiveOneAsync(WsClient client)
    {
        var (opcode, payload) = (await client.ReceiveAsync())!.Value;
        return (opcode, payload.Single());
    }

    /// <summary>A request and frames of every kind behind it, to the close frame.</summary>
    private static byte[] Conversation() =>
    [
        .. Encoding.ASCII.GetBytes(
            "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
        .. WsClient.Frame(Opcode.Text, "first"u8),
        .. WsClient.Frame(Opcode.Text, []),
        .. WsClient.Frame(Opcode.Text, "käse "u8[..2], fin: false), // cut within a character
        .. WsClient.Frame(Opcode.Ping, "inside"u8),
        .. WsClient.Frame(Opcode.Continuation, "käse "u8[2..], fin: false),
        .. WsClient.Frame(Opcode.Continuation, [], fin: false),
        .. WsClient.Frame(Opcode.Ping, []),
        .. WsClient.Frame(Opcode.Continuation, "und brot"u8),
        .. WsClient.Frame(Opcode.Binary, new byte[125]),
        .. WsClient.Frame(Opcode.Binary, new byte[126]),
        .. WsClient.Frame(Opcode.Pong, "unasked"u8),
        .. WsClient.Frame(Opcode.Binary, new byte[20_000]),
        .. WsClient.Frame(Opcode.Ping, Encoding.ASCII.GetBytes(new string('p', 125))),
        .. WsClient.Frame(Opcode.Text, "last"u8),
        .. WsClient.Frame(Opcode.Close, [0x03, 0xE9, .. "bye"u8]),
    ];

    private static async Task<Answers> TalkAsync(TestNode node, byte[] input, Func<int> next)
    {
        await using var client = await WsClient.ConnectAsync(node.EndPoint);
        var sending = client.SendInPiecesAsync(input, next);
        var head = await client.ReceiveHeadAsync();
        List<string> messages = [], pongs = [];
        while (await client.ReceiveAsync() is { } frame)
        {
            var text = Encoding.Latin1.GetString(frame.Payload);
            if (frame.Opcode == Opcode.Close)
            {
                Assert.Empty(await client.ReceiveToEndAsync());
                await sending;
                return new Answers(head, messages, pongs, ((frame.Payload[0] << 8) | frame.Payload[1]).ToString(CultureInfo.InvariantCulture));
            }

            (frame.Opcode == Opcode.Pong ? pongs : messages).Add(frame.Opcode == Opcode.Pong ? text : $"{frame.Opcode} {text}");
        }

        throw new EndOfStreamException("No close frame came.");
    }

    /// <summary>Pongs stand apart: they may overtake messages.</summary>
    private sealed record Answers(string Head, List<string> Messages, List<string> Pongs, string Close);
}
