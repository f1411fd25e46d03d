using System.Net.Sockets;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Connections;

/// <summary>What clients do that nobody should: the node keeps serving the others, and every rental returns.</summary>
public sealed class HostileClientTests
{
    [Fact]
    public async Task RandomBytes_OfManyConnections_HarmNobody()
    {
        await using var node = await TestNode.StartAsync();
        await using (var neighbour = await Neighbour.ServeAsync(node))
        {
            await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (seed, _) =>
            {
                var random = new Random(seed);
                await using var client = await WsClient.ConnectAsync(node.EndPoint);
                if (seed % 3 > 0)
                    await client.UpgradeAsync(seed % 3 == 1 ? "/echo" : "/");
                await IgnoringResets(async () =>
                {
                    for (var i = random.Next(1, 20); i > 0; i--)
                    {
                        var bytes = new byte[random.Next(1, 5_000)];
                        random.NextBytes(bytes);
                        await client.SendRawAsync(bytes);
                    }

                    if (random.Next(2) == 0)
                    {
                        client.Socket.Shutdown(SocketShutdown.Send);
                        await client.ReceiveToEndAsync();
                    }
                });
            });
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
        Assert.DoesNotContain(node.Logs.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task RandomFrames_OfManyConnections_HarmNobody()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.MaxMessageBytes = 10_000);
        await using (var neighbour = await Neighbour.ServeAsync(node))
        {
            await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (seed, _) =>
            {
                var random = new Random(seed);
                await using var client = await WsClient.OpenAsync(node.EndPoint, seed % 2 == 0 ? "/echo" : "/");
                var reading = IgnoringResets(client.ReceiveToEndAsync);
                await IgnoringResets(async () =>
                {
                    var inMessage = false;
                    for (var i = random.Next(1, 200); i > 0; i--)
                        await client.SendInPiecesAsync(RandomFrame(random, ref inMessage), () => random.Next(1, 3_000));
                    switch (random.Next(3))
                    {
                        case 0:
                            client.Socket.LingerState = new LingerOption(true, 0); // a reset in place of an end
                            break;
                        case 1:
                            client.Socket.Shutdown(SocketShutdown.Send);
                            await reading;
                            break;
                    }
                });
            });
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
        Assert.DoesNotContain(node.Logs.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task TenThousandConnects_WithoutARequestThenGone_LeaveNothing()
    {
        await using var node = await TestNode.StartAsync();
        await using (var neighbour = await Neighbour.ServeAsync(node))
        {
            await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
            {
                await using var client = await WsClient.ConnectAsync(node.EndPoint, socket =>
                {
                    // Half of them reset: the others' ports would be waiting when the next tests want them.
                    if (i % 2 == 0)
                        socket.LingerState = new LingerOption(true, 0);
                });
            });
            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 1);
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("/echo", false)]
    [InlineData("/echo", true)]
    [InlineData("/", false)]
    [InlineData("/", true)]
    [InlineData("/plain/news", true)]
    public async Task Client_GoneMidMessage_LeavesNothing(string path, bool isReset)
    {
        await using var node = await TestNode.StartAsync();
        using var endings = new Endings(node.Metrics);
        await using (var neighbour = await Neighbour.ServeAsync(node))
        {
            for (var cut = 1; cut < 60; cut++)
            {
                await using var client = await WsClient.OpenAsync(node.EndPoint, path);
                byte[] bytes = [.. WsClient.Frame(Opcode.Text, "{\"type\":"u8, fin: false), .. WsClient.Frame(Opcode.Continuation, new byte[60])];
                await client.SendRawAsync(bytes.AsMemory(0, cut));
                if (isReset)
                    client.Socket.LingerState = new LingerOption(true, 0);
            }

            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 1);
            await neighbour.WasServedAsync();
        }

        await node.ReturnsToBaselineAsync();
        // What was complete is not a message yet; what was read of it is nothing but a lost connection.
        Assert.Equal(60, endings.Reasons.Count(reason => reason == "connection_lost"));
    }

    [Fact]
    public async Task HalfOpenConnection_IsFoundByTheHeartbeat()
    {
        var time = new FakeTimeProvider();
        await using var node = await TestNode.StartAsync(time: time);
        using var endings = new Endings(node.Metrics);
        await using (var neighbour = await Neighbour.OpenAsync(node))
        {
            // As far as the node can see: a client whose machine is gone says nothing and takes nothing more.
            await using var client = await WsClient.OpenAsync(node.EndPoint, "/echo");
            for (var second = 0; second < 45; second++)
            {
                for (var tick = 0; tick < 8; tick++)
                    time.Advance(TimeSpan.FromMilliseconds(125));
                await neighbour.EchoAsync();
            }

            await Eventually.TrueAsync(() => node.Node.ConnectionCount == 1);
            Assert.Equal(["heartbeat_timeout"], endings.Reasons);
            await neighbour.EchoAsync();
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Client_OneByteASecond_IsServedWhenItsMessageIsWhole()
    {
        var time = new FakeTimeProvider();
        await using var node = await TestNode.StartAsync(time: time);
        await using (var neighbour = await Neighbour.OpenAsync(node))
        await using (var client = await WsClient.OpenAsync(node.EndPoint, "/echo"))
        {
            // Within Gateway:Limits:MessageTimeout.
            var frame = WsClient.Frame(Opcode.Text, Encoding.ASCII.GetBytes(new string('a', 40)));
            var before = node.Metrics.BytesReceived.Value;
            for (var i = 0; i < frame.Length; i++)
            {
                await client.SendRawAsync(frame.AsMemory(i, 1));
                await Eventually.TrueAsync(() => node.Connections.Registry.All().Min(connection => connection.IdleMilliseconds) == 0);
                for (var tick = 0; tick < 8; tick++)
                    time.Advance(TimeSpan.FromMilliseconds(125));
                await neighbour.EchoAsync();
            }

            Assert.Equal(new string('a', 40), Encoding.ASCII.GetString((await client.ReceiveAsync())!.Value.Payload));
            Assert.InRange(node.Metrics.BytesReceived.Value - before, frame.Length, long.MaxValue);
        }

        await node.ReturnsToBaselineAsync();
    }

    private static async Task IgnoringResets(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The node may well have had enough of this client.
        }
    }

    private static byte[] RandomFrame(Random random, ref bool inMessage)
    {
        // Mostly right, so that what is wrong is met in every state.
        var kind = random.Next(100);
        var payload = new byte[random.Next(kind < 5 ? 20_000 : 300)];
        Array.Fill(payload, (byte)random.Next(32, 127));
        if (kind == 99)
            return WsClient.Frame((Opcode)random.Next(16), payload, random.Next(2) == 0, (byte)random.Next(8), random.Next(2) == 0);
        if (kind >= 80)
            return WsClient.Frame(kind >= 90 ? Opcode.Ping : Opcode.Pong, payload.AsSpan(0, Math.Min(payload.Length, 125)));
        var fin = random.Next(3) > 0;
        var opcode = inMessage ? Opcode.Continuation : random.Next(2) == 0 ? Opcode.Text : Opcode.Binary;
        inMessage = !fin;
        return WsClient.Frame(opcode, payload, fin);
    }
}
