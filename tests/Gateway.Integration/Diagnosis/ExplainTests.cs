using Gateway.Core.Brokers;
using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Diagnosis;

/// <summary>"Why did they not get it?", asked of any of three nodes.</summary>
public sealed class ExplainTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Explain_AClientThatDoesNotRead_SaysBehindAndAfterItsCloseWhy()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis, options =>
        {
            options.Limits.MaxQueueBytes = 512 * 1024;
            options.Limits.MaxPublicationBytes = 128 * 1024;
            options.Limits.MaxMessageBytes = 128 * 1024;
        });
        await using var slow = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/news", configure: socket => socket.ReceiveBufferSize = 16 * 1024);
        await using var reader = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/news");
        await nodes[1].SubscribedAsync(2);
        await LaggingTests.FallBehindAsync(nodes, reader);
        var connection = nodes[1].Connections.Registry.All().Single(connection => slow.LocalEndPoint.Equals(connection.RemoteEndPoint));
        var id = connection.Id.ToString();

        var behind = await nodes[0].Node.Investigator.ExplainAsync("news", id, None);

        Assert.Equal("behind", behind.Causes[0].Code);
        Assert.Equal("b", behind.Causes[0].Node);
        Assert.NotEmpty(behind.Causes[0].Advice);
        Assert.Equal("active", Assert.Single(behind.Facts, facts => facts.Node == "b").Subscription);
        Assert.Equal(2, behind.Facts.Sum(facts => facts.Channel!.Subscribers));

        while (connection.State == ConnectionState.Open)
        {
            await ThreeNodes.PublishAsync(nodes[0], "news", new byte[30_000]);
            await reader.ReceiveAsync();
        }

        slow.Socket.Dispose();
        await Eventually.TrueAsync(() => nodes[1].Node.ConnectionCount == 1);
        foreach (var node in nodes.All)
        {
            var ended = await node.Node.Investigator.ExplainAsync("news", id, None);

            Assert.Equal("connection_ended", Assert.Single(ended.Causes).Code);
            Assert.Contains("slow_consumer", ended.Causes[0].Text);
            var end = Assert.Single(ended.Facts, facts => facts.Ended is not null).Ended!;
            Assert.Equal(("b", "slow_consumer", 4413, "plain"), (end.Node, end.Reason, end.Code, end.Protocol));
            Assert.True(end.QueuedBytes > 0 && end.Dropped > 0);
            Assert.NotNull(end.RemoteAddress);

            var search = await node.Node.Investigator.SearchConnectionAsync(id, None);
            Assert.Null(search.Connection);
            Assert.Equal("slow_consumer", search.Ended!.Reason);
        }
    }

    [Fact]
    public async Task Explain_NotSubscribed_SaysSo()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);
        await using var client = await WsClient.OpenAsync(nodes[2].EndPoint, "/plain/other");
        await nodes[2].SubscribedAsync(1);
        var id = nodes[2].Connections.Registry.All().Single().Id.ToString();

        var explanation = await nodes[0].Node.Investigator.ExplainAsync("news", id, None);

        Assert.Equal("not_subscribed", explanation.Causes[0].Code);
        Assert.Equal("c", explanation.Causes[0].Node);
    }

    [Fact]
    public async Task Explain_NobodySubscribed_SaysSo()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);

        var explanation = await nodes[0].Node.Investigator.ExplainAsync("nobody-here", null, None);

        Assert.Equal(["nobody_subscribed"], ThreeNodes.Codes(explanation));
        Assert.Equal(["a", "b", "c"], explanation.Facts.Select(facts => facts.Node));
    }

    [Fact]
    public async Task Explain_SubscribedAndNothingPublished_SaysSoUntilSomethingIs()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);
        await using var client = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/news");
        await nodes[1].SubscribedAsync(1);
        var id = nodes[1].Connections.Registry.All().Single().Id.ToString();

        Assert.Equal(["nothing_published"], ThreeNodes.Codes(await nodes[0].Node.Investigator.ExplainAsync("news", id, None)));
        Assert.Equal(["nothing_published"], ThreeNodes.Codes(await nodes[0].Node.Investigator.ExplainAsync("news", null, None)));

        await ThreeNodes.PublishAsync(nodes[2], "news", "hello"u8.ToArray());
        await client.ReceiveAsync();

        var explanation = await nodes[0].Node.Investigator.ExplainAsync("news", id, None);
        Assert.Equal(["no_cause"], ThreeNodes.Codes(explanation));
        Assert.NotNull(explanation.Facts.Single(facts => facts.Node == "b").Channel!.LastPublicationAt);
        Assert.Equal("subscribed", explanation.Facts.Single(facts => facts.Node == "b").Channel!.State);
        Assert.Equal("idle", explanation.Facts.Single(facts => facts.Node == "c").Channel!.State);
    }

    [Fact]
    public async Task Explain_APublicationThatWasTooLarge_SaysSo()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);
        await using var client = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/news");
        await nodes[1].SubscribedAsync(1);

        await ThreeNodes.PublishAsync(nodes[0], "news", new byte[1024 * 1024 + 1]);
        await ThreeNodes.PublishAsync(nodes[0], "news", "small"u8.ToArray());
        await client.ReceiveAsync();

        Assert.Equal(["publication_too_large"], ThreeNodes.Codes(await nodes[0].Node.Investigator.ExplainAsync("news", null, None)));
    }

    [Fact]
    public async Task Explain_UnknownConnection_SaysSo()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);

        Assert.Equal(["connection_unknown"], ThreeNodes.Codes(await nodes[0].Node.Investigator.ExplainAsync("news", "00000000000000ff", None)));
    }

    [Fact]
    public async Task Explain_NoChannelName_SaysSo()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);

        Assert.Equal(["channel_invalid"], ThreeNodes.Codes(await nodes[0].Node.Investigator.ExplainAsync("no channel", null, None)));
    }

    [Fact]
    public async Task Explain_ADrainingNode_SaysSo()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis, options => options.Drain.UnreadyDelay = TimeSpan.FromMinutes(1));
        nodes[2].Server.BeginDrain();

        var explanation = await nodes[0].Node.Investigator.ExplainAsync("news", null, None);

        Assert.Equal("c", Assert.Single(explanation.Causes, cause => cause.Code == "node_leaving").Node);
    }

    [Fact]
    public async Task Search_AConnectionOfAnotherNode_IsFoundWithItsKernelsWord()
    {
        await using var nodes = await ThreeNodes.StartAsync(redis);
        await using var client = await WsClient.OpenAsync(nodes[1].EndPoint, "/plain/news");
        await nodes[1].SubscribedAsync(1);
        var id = nodes[1].Connections.Registry.All().Single().Id.ToString();

        var found = (await nodes[0].Node.Investigator.SearchConnectionAsync(id, None)).Connection!;

        Assert.Equal((id, "b", "plain", "open"), (found.Id, found.Node, found.Protocol, found.State));
        Assert.Equal(["news"], found.Channels);
        if (OperatingSystem.IsLinux())
            Assert.Equal("established", found.TcpState);
    }

    [Fact]
    public async Task Explain_ANodeWhoseAnswersAreWithheld_NamesIt()
    {
        var bus = new InProcessBus();
        var silent = new ScriptedBroker(bus) { Replies = false };
        await using var first = await TestNode.StartAsync(options => Named(options, "a"), new InProcessBroker(bus));
        await using var second = await TestNode.StartAsync(options => Named(options, "b"), new InProcessBroker(bus));
        await using var third = await TestNode.StartAsync(options => Named(options, "c"), silent);
        await Eventually.TrueAsync(() => first.Node.Nodes.Count == 3);

        var explanation = await first.Node.Investigator.ExplainAsync("news", null, None);
        var lagging = await first.Node.Investigator.FindLaggingAsync(20, None);
        var search = await first.Node.Investigator.SearchConnectionAsync("00000000000000ff", None);

        Assert.Equal("c", explanation.Causes[0].Node);
        Assert.Equal("node_silent", explanation.Causes[0].Code);
        foreach (var nodes in new[] { explanation.Nodes, lagging.Nodes, search.Nodes })
            Assert.Equal([("a", true), ("b", true), ("c", false)], nodes.Select(asked => (asked.Name, asked.Answered)));
    }

    private static void Named(GatewayOptions options, string name)
    {
        options.Node.Name = name;
        options.Cluster.AnnounceInterval = TimeSpan.FromMilliseconds(100);
    }
}
