using System.Text;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Cluster;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Relay;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Connections;

/// <summary>A node that is emptied while it runs.</summary>
public sealed class DrainTests
{
    private const int Clients = 20;

    [Fact]
    public async Task Drain_TakesNobody_AndSendsEachClientAwayInGoodOrder()
    {
        await using var node = await TestNode.StartAsync();
        using var metrics = new MetricsReader(node.Metrics);
        var clients = await OpenAsync(node);
        var endings = clients.Select(ReadToCloseAsync).ToArray();

        node.Server.BeginDrain();

        Assert.False(node.Server.Readiness.Ready);
        Assert.Equal("The node is draining.", node.Server.Readiness.Reason);
        Assert.All(await Task.WhenAll(endings), ending => Assert.Equal(("drain", 1012), ending));
        await Eventually.TrueAsync(() => node.Node.DrainStatus is { State: DrainState.Drained, Sent: Clients, Remaining: 0 });
        await node.ReturnsToBaselineAsync();
        Assert.Equal(Clients, metrics["gateway.departures{reason=drain}"]);
        Assert.DoesNotContain(node.Logs.Lines, line => line.Level >= LogLevel.Warning);
    }

    /// <summary>Load balancers go on sending it clients: each makes it draining again, and is no news.</summary>
    [Fact]
    public async Task Drain_ThatIsOver_IsToldOnce_HoweverManyComeAfterwards()
    {
        await using var node = await TestNode.StartAsync(options => options.Transport.CloseTimeout = TimeSpan.FromMinutes(1));
        var endings = (await OpenAsync(node)).Select(ReadToCloseAsync).ToArray();
        node.Server.BeginDrain();
        await Task.WhenAll(endings);
        await Eventually.TrueAsync(() => node.Node.DrainStatus.State == DrainState.Drained);

        for (var i = 0; i < 3; i++)
        {
            await using (await SentAwayLateAsync(node))
                await Eventually.TrueAsync(() => node.Node.DrainStatus.State == DrainState.Draining); // it does not answer yet
            await Eventually.TrueAsync(() => node.Node.DrainStatus.State == DrainState.Drained);
        }

        Assert.Equal(Clients + 3, node.Node.DrainStatus.Sent);
        Assert.Equal([$"Drained: {Clients} clients were sent away."], Told());

        Assert.True(node.Server.CancelDrain());
        node.Server.BeginDrain();
        await Eventually.TrueAsync(() => Told().Count == 2); // another drain, another line

        List<string> Told() => [.. node.Logs.Lines.Select(line => line.Message).Where(line => line.StartsWith("Drained: ", StringComparison.Ordinal))];
    }

    /// <summary>Who comes after the deadline is sent away at once, which is no news with each of them.</summary>
    [Fact]
    public async Task Drain_PastItsDeadline_IsToldOnce_HoweverManyComeAfterwards()
    {
        await using var node = await TestNode.StartAsync(options => options.Drain.Timeout = TimeSpan.FromMilliseconds(1));
        node.Server.BeginDrain();
        for (var i = 1; i <= 3; i++)
            await (await SentAwayLateAsync(node)).DisposeAsync();

        Assert.Single(node.Logs.Lines, line => line.Message.StartsWith("Gateway:Drain:Timeout is about to end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Drain_CalledOff_KeepsWhoIsStillThere()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Drain.Rate = 1;
            options.Transport.CloseTimeout = TimeSpan.FromMilliseconds(100); // nobody here answers the close frame
        });
        var clients = await OpenAsync(node);
        node.Server.BeginDrain();
        await Eventually.TrueAsync(() => node.Node.DrainStatus.Sent > 0);

        Assert.True(node.Server.CancelDrain());

        Assert.Equal(DrainState.None, node.Node.DrainStatus.State);
        Assert.True(node.Server.Readiness.Ready);
        Assert.False(node.Server.CancelDrain());
        // One is closed a second: had it gone on, a publication would find fewer each time.
        await Eventually.TrueAsync(() => node.Node.SubscriptionCount < Clients);
        var left = node.Node.SubscriptionCount;
        var late = await WsClient.OpenJsonAsync(node.EndPoint);
        await late.SubscribeAsync("news");
        await node.Node.Publisher.PublishAsync(ChannelName.Parse("news"), "1"u8.ToArray(), PublicationSource.Api, CancellationToken.None);
        await Eventually.TrueAsync(() => node.Metrics.Deliveries.Value == left + 1);
        foreach (var client in (WsClient[])[.. clients, late])
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Drain_AtItsDeadline_SendsAllWhoAreLeftAwayAtOnce()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Drain.Rate = 1;
            options.Drain.Timeout = TimeSpan.FromSeconds(1);
        });
        var clients = await OpenAsync(node);
        var endings = clients.Select(ReadToCloseAsync).ToArray();

        await node.Server.StopAsync(CancellationToken.None);

        Assert.All(await Task.WhenAll(endings), ending => Assert.Equal(("drain", 1012), ending));
        Assert.Contains(node.Logs.Lines, line => line.Message.StartsWith("Gateway:Drain:Timeout is about to end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Drain_AmongOthers_IsSeenByThem_AndGoesAsFastAsTheyCanTake()
    {
        var bus = new InProcessBus();
        await using var leaving = await TestNode.StartAsync(options => Configure(options, "leaving"), new InProcessBroker(bus));
        await using var staying = await TestNode.StartAsync(options => Configure(options, "staying"), new InProcessBroker(bus));
        await Eventually.TrueAsync(() => leaving.Node.Nodes.Any(node => node is { Node: "staying", State: NodeStates.Ready }));
        var endings = (await OpenAsync(leaving)).Select(ReadToCloseAsync).ToArray();

        leaving.Server.BeginDrain();

        // At its own rate of one a second it would be at this for twenty.
        await Eventually.TrueAsync(() => leaving.Node.DrainStatus.Rate > 50_000);
        await Task.WhenAll(endings);
        await Eventually.TrueAsync(() => staying.Node.Nodes.Any(node => node is { Node: "leaving", State: NodeStates.Draining }));
        Assert.Equal(2, staying.Node.Nodes.Count);

        static void Configure(GatewayOptions options, string name)
        {
            options.Node.Name = name;
            options.Drain.Rate = 1;
            options.Cluster.AcceptRate = 100_000;
            options.Cluster.AnnounceInterval = TimeSpan.FromMilliseconds(50);
        }
    }

    [Fact]
    public async Task Connection_ThatIsOld_IsMoved()
    {
        await using var node = await TestNode.StartAsync(options => options.Rebalance.MaxConnectionAge = TimeSpan.FromMilliseconds(1));
        using var metrics = new MetricsReader(node.Metrics);
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        Assert.Equal(("rebalance", 1001), await ReadToCloseAsync(client));
        await metrics.BecomesAsync("gateway.departures{reason=max_age}", 1);
    }

    private static async Task<WsClient[]> OpenAsync(TestNode node)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => WsClient.OpenJsonAsync(node.EndPoint)));
        foreach (var client in clients)
            await client.SubscribeAsync("news");
        return clients;
    }

    /// <summary>Why it was asked to come back, and the close code.</summary>
    private static async Task<(string? Reason, int Code)> ReadToCloseAsync(WsClient client)
    {
        string? reason = null;
        while (await client.ReceiveAsync() is { } frame)
        {
            if (frame.Opcode == Opcode.Close)
            {
                await client.SendAsync(Opcode.Close, frame.Payload.AsSpan(0, 2));
                await client.DisposeAsync();
                return (reason, (frame.Payload[0] << 8) | frame.Payload[1]);
            }

            var text = Encoding.UTF8.GetString(frame.Payload);
            if (text.StartsWith("""{"type":"reconnect",""", StringComparison.Ordinal))
                reason = text.Split("reason\":\"")[1].Split('"')[0];
        }

        throw new EndOfStreamException("No close frame came.");
    }

    /// <summary>A client that comes when all are sent away, and has been told: before its upgrade or behind it, as the drain comes by.</summary>
    private static async Task<WsClient> SentAwayLateAsync(TestNode node)
    {
        var late = await WsClient.ConnectAsync(node.EndPoint);
        await late.SendRawAsync(WsClient.UpgradeRequest());
        var head = await late.ReceiveHeadAsync();
        if (head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
            await late.ReceiveCloseAsync();
        else
            Assert.StartsWith("HTTP/1.1 503 ", head, StringComparison.Ordinal);
        return late;
    }
}
