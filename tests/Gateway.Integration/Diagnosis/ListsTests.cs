using Gateway.Core.Channels;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Diagnosis;

/// <summary>Every node tells who is subscribed and who has left, wherever that is.</summary>
public sealed class ListsTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Subscribers_OfAllNodes_AreFoundOnEachOfThem()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);
        await using var first = await WsClient.OpenAsync(nodes[0].EndPoint, "/plain/news");
        await nodes[0].SubscribedAsync(1);
        await using var second = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/news");
        await nodes[1].SubscribedAsync(1);
        await using var other = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/more");
        await nodes[1].SubscribedAsync(2);

        foreach (var node in nodes.All)
        {
            var report = await ThreeNodes.WholeAsync(() => node.Node.Investigator.FindSubscribersAsync(ChannelName.Parse("news"), 20, None), found => found.Nodes);

            Assert.Equal(2, report.Count);
            Assert.Equal(
                [("a", first.LocalEndPoint.ToString()), ("b", second.LocalEndPoint.ToString())],
                report.Connections.Select(connection => (connection.Node, connection.RemoteAddress)));
            Assert.All(report.Nodes, asked => Assert.True(asked.Answered));
            var one = await ThreeNodes.WholeAsync(() => node.Node.Investigator.FindSubscribersAsync(ChannelName.Parse("news"), 1, None), found => found.Nodes);
            Assert.Equal((2, "a"), (one.Count, Assert.Single(one.Connections).Node));
        }

        var nobody = await nodes[2].Node.Investigator.FindSubscribersAsync(ChannelName.Parse("nothing"), 20, None);
        Assert.Equal((0, 0), (nobody.Count, nobody.Connections.Count));
    }

    [Fact]
    public async Task Ended_OnWhicheverNode_IsFoundOnEachOfThem()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);
        await using var leaves = await WsClient.OpenAsync(nodes[0].EndPoint, "/plain/news");
        await using var cut = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/news");
        await nodes[0].SubscribedAsync(1);
        await nodes[1].SubscribedAsync(1);
        var id = nodes[1].Connections.Registry.All().Single().Id.ToString();
        await leaves.DisposeAsync();
        await Eventually.TrueAsync(() => nodes[0].Connections.Ended.Count == 1);
        await nodes[1].Node.Removals.DisconnectAsync(id, None);

        foreach (var node in nodes.All)
        {
            var report = await ThreeNodes.WholeAsync(() => node.Node.Investigator.FindEndedAsync(20, None), found => found.Nodes);

            Assert.Equal(["b", "a"], report.Connections.Select(connection => connection.Node));
            Assert.Equal((id, "disconnected"), (report.Connections[0].Id, report.Connections[0].Reason));
            Assert.Equal(id, Assert.Single((await ThreeNodes.WholeAsync(() => node.Node.Investigator.FindEndedAsync(1, None), found => found.Nodes)).Connections).Id);
        }
    }
}
