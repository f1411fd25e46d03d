using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Core.Buffers;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Relay;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Memory;

/// <summary>A node that runs short of memory lives, tells everybody, and comes back by itself.</summary>
public sealed class MemoryPressureTests
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>Twelve that do not read, up to 8 MiB each, where 40 MiB may wait.</summary>
    [Fact]
    public async Task Backlogs_OfThoseWhoDoNotRead_AreGivenUpBeforeTheBudgetIsPassed()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            (options.Memory.BudgetBytes, options.Memory.WaitingPercent) = (4096 * Megabyte, 1);
            options.Limits.MaxQueueBytes = 16 * 1024 * 1024;
        });
        using var endings = new Endings(node.Metrics);
        await using (var healthy = await WsClient.OpenAsync(node.EndPoint, "/plain/fast"))
        {
            var slow = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => WsClient.OpenAsync(node.EndPoint, $"/plain/slow{i}", configure: socket => socket.ReceiveBufferSize = 16 * 1024)));
            await node.SubscribedAsync(13);
            var payload = new byte[100_000];
            for (var i = 0; i < 80; i++)
            {
                for (var s = 0; s < slow.Length; s++)
                    await PublishPatientlyAsync(node, $"slow{s}", payload);
                await PublishPatientlyAsync(node, "fast", [.. BitConverter.GetBytes(i), 255]);
                Assert.Equal(i, BitConverter.ToInt32((await healthy.ReceiveAsync())!.Value.Payload));
                // What a round brings is there twice for a moment: as it came, and as a frame.
                Assert.InRange(node.Node.Memory.WaitingBytes, 0, node.Node.Memory.Budget.WaitingBytes + (2 * Megabyte));
            }

            await Eventually.TrueAsync(() => node.Node.Memory.Stage == MemoryStage.Normal);
            Assert.InRange(node.Metrics.ShedConnections.Total, 1, 12);
            foreach (var client in slow)
                await client.DisposeAsync();
        }

        await node.ReturnsToBaselineAsync();
        Assert.Contains("slow_consumer", endings.Reasons);
        Assert.Equal(0, node.Node.Memory.WaitingBytes);
    }

    [Fact]
    public async Task Stages_ReachedByWhatCannotBeGivenUp_AreToldToEverybodyAndLeft()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            (options.Memory.BudgetBytes, options.Memory.WaitingPercent) = (4096 * Megabyte, 1);
            options.Rules.Add(new() { Pattern = "*", Publish = Core.Options.RuleAudience.Anyone });
        });
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        await client.SubscribeAsync("news");
        var account = node.Connections.Transport.Buffers.Account;

        account.Add(35 * Megabyte); // of 40
        await Eventually.TrueAsync(() => node.Node.Memory.Stage == MemoryStage.RefusingUpgrades);
        Assert.Equal((false, "The node is short of memory: refusing upgrades."), (node.Server.Readiness.Ready, node.Server.Readiness.Reason));
        await using (var refused = await WsClient.ConnectAsync(node.EndPoint))
        {
            await refused.SendRawAsync(WsClient.UpgradeRequest());
            Assert.StartsWith("HTTP/1.1 503 ", await refused.ReceiveHeadAsync(), StringComparison.Ordinal);
        }

        await client.SendTextAsync("""{"type":"publish","id":1,"channel":"news","data":1}""");
        Assert.Equal(["message", "ok"], new[] { await TypeAsync(client), await TypeAsync(client) }.Order()); // publications go on

        account.Add(4 * Megabyte);
        await Eventually.TrueAsync(() => node.Node.Memory.Stage == MemoryStage.RefusingPublications);
        await client.SendTextAsync("""{"type":"publish","id":2,"channel":"news","data":2}""");
        Assert.Equal("overloaded", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
        await Assert.ThrowsAsync<NodeOverloadedException>(() => PublishAsync(node, "news", [1]).AsTask());

        account.Add(-39 * Megabyte);
        await Eventually.TrueAsync(() => node.Node.Memory.Stage == MemoryStage.Normal);
        Assert.True(node.Server.Readiness.Ready);
        await (await WsClient.OpenJsonAsync(node.EndPoint)).DisposeAsync();
        await client.SendTextAsync("""{"type":"publish","id":3,"channel":"news","data":3}""");
        Assert.Equal(["message", "ok"], new[] { await TypeAsync(client), await TypeAsync(client) }.Order());
        Assert.Contains(node.Logs.Lines, line => line.Message.StartsWith("Short of memory: refusing upgrades from now on.", StringComparison.Ordinal));
        Assert.Contains(node.Logs.Lines, line => line.Message.StartsWith("Memory eases: normal from now on.", StringComparison.Ordinal));
    }

    /// <summary>
    /// Clients of a conflated channel fall behind and catch up, again and again: what their queues had grown to is not kept for them, and what
    /// is kept goes at the first stage, so that it never is what upgrades are refused for.
    /// </summary>
    [Fact]
    public async Task Pools_OfClientsThatFellBehindAndCaughtUp_AreSmallAndEmptiedAtTheFirstStage()
    {
        const int Clients = 20;
        const int Keys = 100;
        await using var node = await TestNode.StartAsync(options =>
        {
            (options.Memory.BudgetBytes, options.Memory.WaitingPercent) = (4096 * Megabyte, 1);
            (options.Transport.SendBufferBytes, options.Transport.Engines) = (8 * 1024, 4);
            options.Rules.Add(new() { Pattern = "*", SlowConsumer = Core.Options.SlowConsumer.Conflate });
        });
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => WsClient.OpenAsync(node.EndPoint, "/plain/prices", configure: socket => socket.ReceiveBufferSize = 4096)));
        await node.SubscribedAsync(Clients);
        for (var round = 0; round < 25; round++)
        {
            // The last of a round is of a key of its own, so that everybody gets it last.
            for (var i = 0; i <= 2 * Keys; i++)
            {
                byte[] payload = [.. BitConverter.GetBytes(i), .. new byte[1000]];
                await node.Node.Publisher.PublishAsync(ChannelName.Parse("prices"), payload, PublicationSource.Api, CancellationToken.None, key: i == 2 * Keys ? "last" : $"{i % Keys}");
            }

            await Eventually.TrueAsync(() => node.Connections.Registry.All().All(connection => connection.QueuedBytes > 0));
            await Task.WhenAll(clients.Select(ReadRoundAsync));
            await Eventually.TrueAsync(() => node.Connections.Queues.Rented == 0);
        }

        // Two magazines of each thread that returned some, and not 2.2 KB for each that was ever behind: 1.1 MB.
        Assert.InRange(KeptBy(node, "queues"), 1, (8 * 2 * (QueueMagazine.MaxBytes + 4096)) + (Clients * 2400));
        Assert.Equal(node.Node.Kept.Read().Sum(pool => pool.Bytes), GaugeReading.Sum(node.Metrics.Meter, "gateway.memory.kept"));

        var account = node.Connections.Transport.Buffers.Account;
        account.Add(29 * Megabyte); // of 40: shedding
        await Eventually.TrueAsync(() => KeptBy(node, "queues") + KeptBy(node, "buffers") + KeptBy(node, "blocks") == 0);
        Assert.Equal(MemoryStage.Shedding, node.Node.Memory.Stage);
        account.Add(-29 * Megabyte);
        await Eventually.TrueAsync(() => node.Node.Memory.Stage == MemoryStage.Normal);
        await (await WsClient.OpenAsync(node.EndPoint, "/plain/prices")).DisposeAsync();
        foreach (var client in clients)
            await client.DisposeAsync();
        await node.ReturnsToBaselineAsync();

        static async Task ReadRoundAsync(WsClient client)
        {
            while (BitConverter.ToInt32((await client.ReceiveAsync())!.Value.Payload) != 2 * Keys)
            {
            }
        }
    }

    /// <summary>The program needs more than the least budget by itself, in this build: every stage at once, from the start.</summary>
    [Fact]
    public async Task Program_WithABudgetBelowItsOwnNeed_RefusesAndSaysWhy()
    {
        await using var host = await HostProcess.StartAsync("--Gateway:Memory:BudgetBytes=64MiB");
        await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.ServiceUnavailable);

        Assert.Equal("The node is short of memory: refusing publications.\n", (await host.ReadinessAsync()).Reason);
        using var refused = await host.Admin.PostAsJsonAsync("/api/v1/publish", new { channel = "news", text = "x" });
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(("not_done", "The node is short of memory and takes no publications at the moment."), (problem.GetProperty("outcome").GetString(), problem.GetProperty("detail").GetString()));
        Assert.Equal(3, await host.MetricAsync("gateway_memory_stage"));
    }

    /// <summary>A backend that is told to wait does, and tries again.</summary>
    private static Task PublishPatientlyAsync(TestNode node, string channel, byte[] payload) => Eventually.TrueAsync(async () =>
    {
        try
        {
            await PublishAsync(node, channel, payload);
            return true;
        }
        catch (NodeOverloadedException)
        {
            return false;
        }
    });

    private static ValueTask PublishAsync(TestNode node, string channel, byte[] payload) =>
        node.Node.Publisher.PublishAsync(ChannelName.Parse(channel), payload, PublicationSource.Api, CancellationToken.None);

    private static long KeptBy(TestNode node, string name) => node.Node.Kept.Read().Single(pool => pool.Pool == name).Bytes;

    private static async Task<string?> TypeAsync(WsClient client) => (await client.ReceiveJsonAsync()).GetProperty("type").GetString();
}
