using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Diagnosis;

/// <summary>Every node tells who lags, wherever that is.</summary>
public sealed class LaggingTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Lagging_AClientThatDoesNotRead_IsFirstOnEveryNode()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);
        await using var slow = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/news", configure: socket => socket.ReceiveBufferSize = 16 * 1024);
        await using var reader = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/news");
        await nodes[1].SubscribedAsync(2);
        await FallBehindAsync(nodes, reader);
        var id = nodes[1].Connections.Registry.All().Single(connection => slow.LocalEndPoint.Equals(connection.RemoteEndPoint)).Id.ToString();

        foreach (var node in nodes.All)
        {
            var report = await node.Node.Investigator.FindLaggingAsync(20, None);

            var worst = report.Connections[0];
            Assert.Equal((id, "b", "plain", "open"), (worst.Id, worst.Node, worst.Protocol, worst.State));
            Assert.True(worst.QueuedBytes > 0);
            Assert.Equal(slow.LocalEndPoint.ToString(), worst.RemoteAddress);
            Assert.Equal(0, worst.Drops);
            if (OperatingSystem.IsLinux())
                Assert.True(worst.UnsentBytes > 0 && worst.UnacknowledgedBytes >= worst.UnsentBytes && worst.LastWriteSeconds is not null);
            Assert.Equal(["a", "b", "c"], report.Nodes.Where(asked => asked.Answered).Select(asked => asked.Name).Order());
            Assert.Equal(node.Node.Name, report.Nodes[0].Name);
        }
    }

    [Fact]
    public async Task Lagging_NobodyBehind_IsEmpty()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);
        await using var reader = await WsClient.OpenAsync(nodes[2].EndPoint, "/plain/news");
        await nodes[2].SubscribedAsync(1);

        // The upgrade's own answer may be on its way still.
        await Eventually.TrueAsync(async () => (await nodes[0].Node.Investigator.FindLaggingAsync(20, None)).Connections.Count == 0);
    }

    [Fact]
    public async Task Lagging_OfMoreThanTheLimit_AreTheWorstInOrder()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);
        var slow = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            WsClient.OpenAsync(nodes[i % 3].EndPoint, i < 3 ? "/plain/news,more" : "/plain/news", configure: socket => socket.ReceiveBufferSize = 16 * 1024)));
        foreach (var node in nodes.All)
            await node.SubscribedAsync(3);
        await using var reader = await WsClient.OpenAsync(nodes[0].EndPoint, "/plain/news");
        await nodes[0].SubscribedAsync(4);
        await FallBehindAsync(nodes, reader);
        var before = nodes.All.Max(MostQueued);
        for (var i = 0; i < 10; i++)
            await ThreeNodes.PublishAsync(nodes[0], "more", new byte[30_000]);
        await Eventually.TrueAsync(() => nodes.All.All(node => MostQueued(node) > before + 100_000));

        var report = await nodes[1].Node.Investigator.FindLaggingAsync(3, None);

        // The three that more was published to, one a node.
        Assert.Equal(["a", "b", "c"], report.Connections.Select(connection => connection.Node).Order());
        Assert.Equal(report.Connections.OrderByDescending(connection => connection.QueuedBytes + connection.UnacknowledgedBytes ?? 0), report.Connections);
        foreach (var client in slow)
            await client.DisposeAsync();
    }

    private static long MostQueued(TestNode node) => node.Connections.Registry.All().Max(connection => connection.QueuedBytes);

    /// <summary>
    /// Publishes until so much waits in the node, for all but the one that reads, that both kernels together could not take it: it stays,
    /// whenever the node comes to write.
    /// </summary>
    internal static async Task FallBehindAsync(ThreeNodes nodes, WsClient reader)
    {
        const int KernelsTake = 256 * 1024; // Twice Gateway:SendBufferBytes, and what a client's 16 KiB become.
        var payload = new byte[30_000];
        while (nodes.All.SelectMany(node => node.Connections.Registry.All())
            .Any(connection => connection.QueuedBytes <= KernelsTake && !reader.LocalEndPoint.Equals(connection.RemoteEndPoint)))
        {
            await ThreeNodes.PublishAsync(nodes[0], "news", payload);
            Assert.Equal(Opcode.Text, (await reader.ReceiveAsync())!.Value.Opcode);
        }
    }
}
