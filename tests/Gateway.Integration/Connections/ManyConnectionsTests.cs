using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;
using Gateway.TestHost;

namespace Gateway.Integration.Connections;

/// <summary>As many connections as one process and one address may have: they come, go all at once, and leave nothing.</summary>
[Collection(nameof(ManyConnectionsTests))]
[CollectionDefinition(nameof(ManyConnectionsTests), DisableParallelization = true)] // it takes nearly all descriptors there are
public sealed class ManyConnectionsTests
{
    private const int Connections = 18_000;

    // A quarter subscribes, so that shards and channels are part of it.
    private const int Channels = 100;

    [Fact]
    public async Task EighteenThousand_ClosedAtOnceTwice_LeaveNothing()
    {
        await using var node = await NodeProcess.StartAsync();
        // Everything that is made once has been made when it is first measured.
        var first = await CycleAsync(node, IPAddress.Parse("127.0.0.1"));
        var second = await CycleAsync(node, IPAddress.Parse("127.0.0.2"));

        TestContext.Current.SendDiagnosticMessage("heap {0} then {1}", first.Heap, second.Heap);
        // Pools differ by what was on its way at once; one object kept of each connection would be 24 bytes at least.
        Assert.True(second.Heap - first.Heap < Connections * 8, $"The heap grew from {first.Heap:n0} to {second.Heap:n0} bytes.");
    }

    private static async Task<NodeStats> CycleAsync(NodeProcess node, IPAddress address)
    {
        // An address of its own for each cycle: the ports of the last one's connections may still be waiting.
        var endPoint = new IPEndPoint(address, node.Port);
        var sockets = new Socket[Connections];
        await Parallel.ForAsync(0, Connections, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancellation) =>
            sockets[i] = await OpenAsync(endPoint, i, cancellation));
        var open = await node.StatsAsync();
        Assert.Equal((Connections, Connections, Connections / 4), (open.Connections, open.Slots, open.Subscriptions));
        // At rest each holds its receive and nothing else.
        await Eventually.TrueAsync(async () => await node.StatsAsync() is { Sockets: Connections, PendingSends: 0, Blocks: 0, Buffers: 0, Queues: 0 });

        Parallel.ForEach(sockets, socket => socket.Dispose());

        NodeStats? gone = null;
        await Eventually.TrueAsync(
            async () => (gone = await node.StatsAsync()) is { Connections: 0, Slots: 0, Subscriptions: 0, Channels: 0, Sockets: 0, PendingSends: 0, Blocks: 0, Buffers: 0, Queues: 0 },
            () => $"{gone}");
        return await node.StatsAsync(collect: true);
    }

    private static async ValueTask<Socket> OpenAsync(IPEndPoint endPoint, int number, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint, cancellation);
        var subscribes = number % 4 == 0;
        await socket.SendAsync(Encoding.ASCII.GetBytes(WsClient.UpgradeRequest(subscribes ? "/" : "/echo")), cancellation);
        await ReceiveUntilAsync(socket, "\r\n\r\n", cancellation);
        await socket.SendAsync(
            WsClient.Frame(Opcode.Text, Encoding.ASCII.GetBytes(subscribes ? $$"""{"type":"subscribe","channel":"news:{{number % Channels}}"}""" : "\"ok\"")),
            cancellation);
        await ReceiveUntilAsync(socket, "\"ok\"", cancellation);
        return socket;
    }

    private static async Task ReceiveUntilAsync(Socket socket, string end, CancellationToken cancellation)
    {
        var buffer = new byte[1024];
        for (var length = 0; !Encoding.ASCII.GetString(buffer, 0, length).Contains(end, StringComparison.Ordinal);)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            Assert.NotEqual(0, received);
            length += received;
        }
    }
}
