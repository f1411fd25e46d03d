using System.Text;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Connections;

/// <summary>Pings, and the deadlines that hang on the same clock. Default options: an interval of 25 s, spread over its last eighth, and a timeout of 10 s.</summary>
public sealed class HeartbeatTests
{
    private const int TicksPerSecond = 8;
    private const int PingKind = 2;
    private const int PongKind = 3;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(125);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task SilentClient_IsPingedAfterTheIntervalAndNotBefore()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            Advance(21.5);
            Assert.Equal(0, node.Metrics.MessagesSent.OfKind(PingKind));
            Advance(4.75);

            Assert.Equal((Opcode.Ping, ""), Text(await client.ReceiveAsync()));
            Assert.Equal(1, node.Metrics.MessagesSent.OfKind(PingKind));
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Pings_ToManyClients_AreSpread()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        var clients = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => WsClient.OpenAsync(node.EndPoint, "/echo")));
        Advance(21.5);

        var perTick = new List<long>();
        for (var tick = 0; tick < 5 * TicksPerSecond; tick++)
        {
            var before = node.Metrics.MessagesSent.OfKind(PingKind);
            _time.Advance(Tick);
            perTick.Add(node.Metrics.MessagesSent.OfKind(PingKind) - before);
        }

        Assert.Equal(200, perTick.Sum());
        Assert.InRange(perTick.Max(), 1, 40);
        foreach (var client in clients)
            await client.DisposeAsync();
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task ClientThatAnswersPings_Stays()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            for (var round = 1; round <= 10; round++)
            {
                Advance(26.25);
                Assert.Equal((Opcode.Ping, ""), Text(await client.ReceiveAsync()));
                Advance(5);
                await client.SendAsync(Opcode.Pong, []);
                await Eventually.TrueAsync(() => node.Metrics.MessagesReceived.OfKind(PongKind) == round);
            }

            await client.SendTextAsync("still here");
            Assert.Equal((Opcode.Text, "still here"), Text(await client.ReceiveAsync()));
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("message")]
    [InlineData("pong nobody asked for")]
    [InlineData("half a frame")]
    public async Task AnythingFromAPingedClient_IsASignOfLife(string sign)
    {
        await using var node = await TestNode.StartAsync(time: _time);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            Advance(26.25);
            Assert.Equal((Opcode.Ping, ""), Text(await client.ReceiveAsync()));
            var before = node.Metrics.BytesReceived.Value;
            await client.SendRawAsync(sign switch
            {
                "message" => WsClient.Frame(Opcode.Text, []),
                "half a frame" => WsClient.Frame(Opcode.Text, new byte[100])[..50],
                _ => WsClient.Frame(Opcode.Pong, "other"u8),
            });
            await Eventually.TrueAsync(() => node.Metrics.BytesReceived.Value > before && node.Connections.Registry.All().Single().IdleMilliseconds == 0);

            Advance(20);
            Assert.Equal(1, node.Metrics.MessagesSent.OfKind(PingKind));
            Assert.Equal(1, node.Node.ConnectionCount);
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task ClientThatDoesNotAnswer_IsClosedWith4408()
    {
        await using var node = await TestNode.StartAsync(options => options.Transport.CloseTimeout = TimeSpan.FromMinutes(1), time: _time);
        using var endings = new Endings(node.Metrics);
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            Advance(26.25);
            Assert.Equal((Opcode.Ping, ""), Text(await client.ReceiveAsync()));
            Advance(11.25);

            Assert.Equal((4408, "heartbeat timeout"), await client.ReceiveCloseAsync());
            await client.SendAsync(Opcode.Close, [0x11, 0x38]);
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
        Assert.Equal(["heartbeat_timeout"], endings.Reasons);
    }

    [Fact]
    public async Task ClientThatSendsNow_IsNotPinged()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        await using (var client = await Neighbour.OpenAsync(node))
        {
            for (var i = 0; i < 20; i++)
            {
                Advance(10);
                await client.EchoAsync();
            }

            Assert.Equal(0, node.Metrics.MessagesSent.OfKind(PingKind));
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task ClientThatIsBeingClosed_IsNotPinged()
    {
        await using var node = await TestNode.StartAsync(options => options.Transport.CloseTimeout = TimeSpan.FromMinutes(1), time: _time);
        await using (var client = await WsClient.OpenJsonAsync(node.EndPoint))
        {
            await node.Node.Removals.DisconnectAsync(node.Connections.Registry.All().Single().Id.ToString(), CancellationToken.None);
            Assert.Equal(4403, (await client.ReceiveCloseAsync()).Code);

            Advance(50);
            Assert.Equal(0, node.Metrics.MessagesSent.OfKind(PingKind));
            await client.SendAsync(Opcode.Close, [0x11, 0x33]);
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task BytesThatNobodyTakes_EndTheConnectionAfterTheSendTimeout()
    {
        // The heartbeat would be faster: it is out of the way.
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Heartbeat.Interval = TimeSpan.FromHours(1);
                options.Limits.MaxMessageBytes = 16 * 1024 * 1024;
                options.Limits.MaxQueueBytes = 64 * 1024 * 1024;
            },
            time: _time);
        using var endings = new Endings(node.Metrics);
        await using (var neighbour = await Neighbour.OpenAsync(node))
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo", configure: socket => socket.ReceiveBufferSize = 16 * 1024))
        {
            await client.SendAsync(Opcode.Binary, new byte[8 * 1024 * 1024]);
            await Eventually.TrueAsync(() => node.Connections.Transport.PendingSends == 1);

            Advance(28);
            Assert.Equal(2, node.Node.ConnectionCount);
            await neighbour.EchoAsync();
            Advance(4);

            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 1);
            Assert.Equal(["slow_consumer"], endings.Reasons);
            await neighbour.EchoAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    private void Advance(double seconds)
    {
        for (var tick = 0; tick < seconds * TicksPerSecond; tick++)
            _time.Advance(Tick);
    }

    private static (Opcode, string) Text((Opcode Opcode, byte[] Payload)? frame) => (frame!.Value.Opcode, Encoding.UTF8.GetString(frame.Value.Payload));
}
