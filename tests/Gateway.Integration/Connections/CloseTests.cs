using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Connections;

/// <summary>The close handshake from both sides, RFC 6455 §7.</summary>
public sealed class CloseTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(125);

    public static TheoryData<int> ValidCodes { get; } = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];

    [Theory]
    [MemberData(nameof(ValidCodes))]
    public async Task Client_ClosesWithACode_GetsTheSameAndACleanEnd(int code)
    {
        await using var node = await TestNode.StartAsync();
        using var endings = new Endings(node.Metrics);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            await client.SendAsync(Opcode.Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(new string('é', 61))]);

            Assert.Equal((code, ""), await client.ReceiveCloseAsync());
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
        Assert.Equal(["client"], endings.Reasons);
    }

    [Fact]
    public async Task Client_ClosesWithoutACode_GetsNone()
    {
        await using var node = await TestNode.StartAsync();
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            await client.SendAsync(Opcode.Close, []);

            Assert.Equal((1005, ""), await client.ReceiveCloseAsync());
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_000)]
    public async Task Client_ClosesRightBehindMessages_GetsTheirAnswersFirst(int length)
    {
        await using var node = await TestNode.StartAsync();
        // A client with a small window, which reads late: most of the answers have not left when the close frame is read.
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo", configure: socket => socket.ReceiveBufferSize = 16 * 1024))
        {
            var large = new string('a', 50_000);
            var small = new string('b', length);
            await client.SendRawAsync((byte[])[
                .. WsClient.Frame(Opcode.Text, Encoding.ASCII.GetBytes(large)),
                .. WsClient.Frame(Opcode.Text, Encoding.ASCII.GetBytes(small)),
                .. WsClient.Frame(Opcode.Close, [0x03, 0xE8])]);
            await Eventually.TrueAsync(() => node.Connections.Registry.All().All(connection => connection.State == ConnectionState.Closing));

            Assert.Equal(large, Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
            Assert.Equal(small, Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
            Assert.Equal((1000, ""), await client.ReceiveCloseAsync());
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Client_SendsOnAfterItsClose_IsNotAnswered()
    {
        await using var node = await TestNode.StartAsync();
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            await client.SendRawAsync((byte[])[
                .. WsClient.Frame(Opcode.Close, [0x03, 0xE8]),
                .. WsClient.Frame(Opcode.Ping, "a"u8),
                .. WsClient.Frame(Opcode.Text, "b"u8),
                .. WsClient.Frame(Opcode.Close, [0x03, 0xE9])]);

            Assert.Equal((Opcode.Close, 1000), Read(await client.ReceiveAsync()));
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_ClosesWithinAMessage_GetsItsCode(bool endsItsStream)
    {
        await using var node = await TestNode.StartAsync();
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            await client.SendRawAsync((byte[])[.. WsClient.Frame(Opcode.Text, "half"u8, fin: false), .. WsClient.Frame(Opcode.Close, [0x03, 0xE9])]);
            if (endsItsStream)
                client.Socket.Shutdown(SocketShutdown.Send);

            Assert.Equal((1001, ""), await client.ReceiveCloseAsync());
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Node_Closes_WaitsForTheAnswerAndThenEndsTheStream()
    {
        await using var node = await TestNode.StartAsync();
        await using (var client = await WsClient.OpenJsonAsync(node.EndPoint))
        {
            await DisconnectAsync(node);
            Assert.Equal(4403, (await client.ReceiveCloseAsync()).Code);

            // What the client had sent before it read the close frame is read over; then comes its answer.
            await client.SendTextAsync("""{"type":"ping"}""");
            await client.SendAsync(Opcode.Ping, "late"u8);
            await client.SendRawAsync(WsClient.Frame(Opcode.Text, "frag"u8, fin: false));
            Assert.Equal(ConnectionState.Closing, node.Connections.Registry.All().Single().State);
            Assert.Equal(1, node.Connections.Slots.Taken);
            await client.SendAsync(Opcode.Close, [0x11, 0x33]);

            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("end of stream")]
    [InlineData("invalid close")]
    [InlineData("protocol error")]
    [InlineData("byte by byte")]
    public async Task Node_ClosesAndTheClientAnswersOtherwise_EndsCleanAllTheSame(string answer)
    {
        await using var node = await TestNode.StartAsync();
        await using (var client = await WsClient.OpenJsonAsync(node.EndPoint))
        {
            await DisconnectAsync(node);
            Assert.Equal(4403, (await client.ReceiveCloseAsync()).Code);

            switch (answer)
            {
                case "end of stream":
                    client.Socket.Shutdown(SocketShutdown.Send);
                    break;
                case "invalid close":
                    await client.SendAsync(Opcode.Close, [0]);
                    break;
                case "protocol error":
                    await client.SendRawAsync(WsClient.Frame(Opcode.Text, "a"u8, masked: false));
                    break;
                default:
                    await client.SendInPiecesAsync(WsClient.Frame(Opcode.Close, [0x11, 0x33]), () => 1);
                    break;
            }

            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task BothSides_CloseAtOnce_EndClean()
    {
        await using var node = await TestNode.StartAsync();
        for (var round = 0; round < 100; round++)
        {
            await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
            await Task.WhenAll(
                Task.Run(() => DisconnectAsync(node)),
                Task.Run(() => client.SendAsync(Opcode.Close, [0x03, 0xE8])));

            // Whoever was first: one close frame comes, and nothing behind it.
            Assert.Contains((await client.ReceiveCloseAsync()).Code, (int[])[1000, 4403]);
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Node_ClosesAndTheClientNeverAnswers_CutsItAtTheDeadline()
    {
        var time = new FakeTimeProvider();
        await using var node = await TestNode.StartAsync(time: time);
        await using (var client = await WsClient.OpenJsonAsync(node.EndPoint))
        {
            await DisconnectAsync(node);
            Assert.Equal(4403, (await client.ReceiveCloseAsync()).Code);

            for (var tick = 0; tick < 4 * 8; tick++)
                time.Advance(Tick);
            Assert.Equal(1, node.Node.ConnectionCount);
            for (var tick = 0; tick < 2 * 8; tick++)
                time.Advance(Tick);

            await Assert.ThrowsAsync<SocketException>(client.ReceiveToEndAsync);
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData(1003)]
    [InlineData(4429)]
    public async Task Node_ClosesForAMistake_WaitsForTheAnswerAndThenEndsTheStream(int code)
    {
        await using var node = await StartForMistakesAsync(new FakeTimeProvider());
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/plain/news"))
        {
            await MakeMistakeAsync(client, code);
            Assert.Equal(code, (await client.ReceiveCloseAsync()).Code);
            var before = node.Metrics.BytesReceived.Value;

            // What it had sent before it read the close frame is read over.
            byte[] late = [.. WsClient.Frame(Opcode.Binary, new byte[1000]), .. WsClient.Frame(Opcode.Ping, "late"u8), .. WsClient.Frame(Opcode.Ping, "later"u8)];
            await client.SendRawAsync(late);
            var end = client.ReceiveToEndAsync();
            await Eventually.TrueAsync(() => node.Metrics.BytesReceived.Value - before >= late.Length);
            Assert.False(end.IsCompleted);
            await client.SendAsync(Opcode.Close, [(byte)(code >> 8), (byte)code]);

            Assert.Empty(await end);
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData(1003)]
    [InlineData(4429)]
    public async Task Node_ClosesForAMistakeAndTheClientSendsOn_CutsItWhenThatIsAsMuchAsIsThrownAway(int code)
    {
        var time = new FakeTimeProvider();
        await using var node = await StartForMistakesAsync(time);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/plain/news"))
        {
            await MakeMistakeAsync(client, code);
            Assert.Equal(code, (await client.ReceiveCloseAsync()).Code);
            var before = node.Metrics.BytesReceived.Value;
            await client.SendAsync(Opcode.Text, new byte[64 * 1024]);
            await Eventually.TrueAsync(() => node.Metrics.BytesReceived.Value - before > 64 * 1024);

            // Long before the time that it would have: so many ticks are not waited for.
            await Eventually.TrueAsync(() =>
            {
                time.Advance(Tick);
                return node.Connections.Slots.Taken == 0;
            });
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData(1002)]
    [InlineData(1009)]
    public async Task Node_FailsTheConnection_EndsItsHalfAtOnceAndReadsOn(int code)
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.MaxMessageBytes = 1000, time: new FakeTimeProvider());
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            await client.SendRawAsync(WsClient.Frame(Opcode.Text, new byte[code == 1009 ? 1001 : 1], masked: code != 1002));

            // No answer, and the end comes all the same.
            Assert.Equal(code, (await client.ReceiveCloseAsync()).Code);
            Assert.Empty(await client.ReceiveToEndAsync());
            Assert.Equal(ConnectionState.Closing, node.Connections.Registry.All().Single().State);
            var before = node.Metrics.BytesReceived.Value;
            await client.SendAsync(Opcode.Text, new byte[100]);
            await Eventually.TrueAsync(() => node.Metrics.BytesReceived.Value > before);
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task Client_EndsItsHalfWithoutACloseFrame_GetsWhatHadLeftAndACleanEnd(string backend)
    {
        await using var node = await TestNode.StartAsync(options => options.Transport.Backend = backend);
        using var endings = new Endings(node.Metrics);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            await client.SendTextAsync("said before the end");
            client.Socket.Shutdown(SocketShutdown.Send);

            Assert.Equal("said before the end", Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
        Assert.Equal(["connection_lost"], endings.Reasons);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 ")]
    [InlineData("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 ")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("", "HTTP/1.1 101 ")]
    public async Task Client_EndsItsHalfBehindItsRequest_IsAnswered(string request, string answer)
    {
        await using var node = await TestNode.StartAsync();
        await using (var client = await WsClient.ConnectAsync(node.EndPoint))
        {
            await client.SendRawAsync(request.Length > 0 ? request : WsClient.UpgradeRequest("/echo"));
            client.Socket.Shutdown(SocketShutdown.Send);

            Assert.StartsWith(answer, Encoding.ASCII.GetString(await client.ReceiveToEndAsync()), StringComparison.Ordinal);
        }

        await node.ReturnsToBaselineAsync();
    }

    private static async Task DisconnectAsync(TestNode node)
    {
        foreach (var connection in node.Connections.Registry.All())
            await node.Node.Removals.DisconnectAsync(connection.Id.ToString(), CancellationToken.None);
    }

    private static (Opcode, int) Read((Opcode Opcode, byte[] Payload)? frame) =>
        (frame!.Value.Opcode, int.Parse(Convert.ToHexString(frame.Value.Payload), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static Task<TestNode> StartForMistakesAsync(TimeProvider time) => TestNode.StartAsync(
        options =>
        {
            options.Limits.ControlFramesPerSecond = 1;
            options.Transport.MaxDiscardBytes = 64 * 1024;
            options.Transport.CloseTimeout = TimeSpan.FromHours(1);
        },
        time: time);

    private static async Task MakeMistakeAsync(WsClient client, int code)
    {
        if (code == 1003)
            await client.SendAsync(Opcode.Binary, "a"u8);
        else
            await client.SendRawAsync((byte[])[.. WsClient.Frame(Opcode.Pong, []), .. WsClient.Frame(Opcode.Pong, [])]);
    }
}
