using System.Net;
using System.Net.Sockets;
using Gateway.Core.Transport;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>The program itself with few descriptors, all of them wanted at once: what it needs for itself it has.</summary>
public sealed class DescriptorTests
{
    private const int Limit = 1024;

    // No program of .NET has less; 0 would be a file that could not be read.
    private const double LeastMemory = 10 * 1024 * 1024;

    private static readonly DescriptorBudget Budget = new(Limit, Environment.ProcessorCount, authorizer: 0);

    [Fact]
    public async Task Node_FullOfClientsFarewellsAndSilentAdminConnections_AnswersProbesOpensFilesAndReachesRedisAgain()
    {
        await using var redis = await RedisServer.StartAsync();
        // More than there is room for: it takes what the limit leaves.
        await using var host = await HostProcess.StartLimitedAsync(
            Limit, $"--Gateway:Redis:Configuration={redis.Address}", "--Gateway:Limits:MaxConnections=5000", "--Gateway:Transport:CloseTimeout=1m");
        // As a kubelet asks: on a connection that is younger than all those that are waiting to be accepted.
        host.Admin.DefaultRequestHeaders.ConnectionClose = true;
        await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK);
        var sockets = new List<Socket>();
        var clients = new List<WsClient>();
        try
        {
            for (var i = 0; i < Budget.MaxConnections; i++)
                clients.Add(await WsClient.OpenJsonAsync(host.EndPoint));
            for (var i = 0; i < 2 * Budget.Farewells; i++)
                sockets.Add(await ConnectAsync(host.EndPoint));
            for (var i = 0; i < 4 * Budget.Admin; i++)
                sockets.Add(await ConnectAsync(new IPEndPoint(IPAddress.Loopback, host.Admin.BaseAddress!.Port)));

            Assert.Equal("ok\n", await host.Admin.GetStringAsync("/livez"));
            Assert.Equal(HttpStatusCode.OK, (await host.ReadinessAsync()).Status);
            Assert.Equal(Budget.MaxConnections, await host.MetricAsync("gateway_connections"));
            // Both are read from files under /proc when they are asked for.
            Assert.Equal(Limit, await host.MetricAsync("gateway_descriptors_limit"));
            Assert.InRange(await host.MetricAsync("gateway_descriptors_open"), Budget.MaxConnections, Limit);
            Assert.Equal(0, await host.MetricAsync("gateway_accept_errors_total"));

            await clients[0].SubscribeAsync("news");
            await redis.KillAsync();
            await redis.RestartAsync();
            // Told when every subscription has been restored: what is published from then on arrives.
            Assert.Equal("gap", (await clients[0].ReceiveJsonAsync()).GetProperty("type").GetString());
            await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK && (await host.PublishAsync("""{"channel":"news","data":1}""")).IsSuccessStatusCode);
            Assert.Equal("message", (await clients[0].ReceiveJsonAsync()).GetProperty("type").GetString());

            Assert.DoesNotContain("Too many open files", host.Output, StringComparison.Ordinal);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
            foreach (var client in clients)
                await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Node_FullOfClients_ServesThoseItHas_AndTakesNewcomersAgainWhenSomeHaveLeft()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await HostProcess.StartLimitedAsync(Limit, $"--Gateway:Redis:Configuration={redis.Address}", "--Gateway:Limits:MaxConnections=5000");
        host.Admin.DefaultRequestHeaders.ConnectionClose = true;
        await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK);
        var clients = new List<WsClient>();
        try
        {
            while (clients.Count < Budget.MaxConnections)
                clients.Add(await WsClient.OpenJsonAsync(host.EndPoint));
            await clients[0].SubscribeAsync("news");
            await clients[^1].SubscribeAsync("news");

            await using (var newcomer = await WsClient.ConnectAsync(host.EndPoint))
            {
                await newcomer.SendRawAsync(WsClient.UpgradeRequest());
                Assert.StartsWith("HTTP/1.1 503 ", await newcomer.ReceiveHeadAsync(), StringComparison.Ordinal);
            }

            Assert.Equal("ok\n", await host.Admin.GetStringAsync("/livez"));
            Assert.Equal(HttpStatusCode.OK, (await host.ReadinessAsync()).Status);
            Assert.Equal(1, await host.MetricAsync("gateway_refusals_total"));
            Assert.InRange(await host.MetricAsync("gateway_descriptors_open"), Budget.MaxConnections, Limit);
            Assert.InRange(await host.MetricAsync("gateway_memory_used_bytes"), LeastMemory, await host.MetricAsync("gateway_memory_limit_bytes"));
            await HearAsync(redis, clients[0], clients[^1]);

            foreach (var client in clients[1..^1])
                await client.DisposeAsync();
            await Eventually.TrueAsync(async () => await host.MetricAsync("gateway_connections") == 2);
            await using var late = await WsClient.OpenJsonAsync(host.EndPoint);
            await late.SubscribeAsync("news");
            await HearAsync(redis, clients[0], clients[^1], late);
        }
        finally
        {
            foreach (var client in clients)
                await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Node_WhoseLimitIsLoweredToWhatItHas_ServesItsClients_AndTakesNewcomersWhenSomeHaveLeft()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await HostProcess.StartAsync($"--Gateway:Redis:Configuration={redis.Address}");
        host.Admin.DefaultRequestHeaders.ConnectionClose = true;
        await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK);
        var clients = new List<WsClient>();
        var waiting = new List<Socket>();
        try
        {
            while (clients.Count < 100)
                clients.Add(await WsClient.OpenJsonAsync(host.EndPoint));
            await clients[0].SubscribeAsync("news");

            // A little above: who finds none must be a client, since the runtime ends the process.
            await Tool.RunAsync("prlimit", "", $"--pid={host.Id}", $"--nofile={await host.MetricAsync("gateway_descriptors_open") + 8}:");
            for (var i = 0; i < 2 * SpareDescriptors.Count; i++)
                waiting.Add(await ConnectAsync(host.EndPoint));
            await Eventually.TrueAsync(async () => await host.MetricAsync("gateway_accept_errors_total") > 0);

            Assert.Equal("ok\n", await host.Admin.GetStringAsync("/livez"));
            Assert.Equal(HttpStatusCode.OK, (await host.ReadinessAsync()).Status);
            Assert.InRange(await host.MetricAsync("gateway_connections"), 100, 100 + SpareDescriptors.Count);
            await HearAsync(redis, clients[0]);

            waiting.ForEach(socket => socket.Dispose());
            foreach (var client in clients[1..])
                await client.DisposeAsync();
            await using var late = await WsClient.OpenJsonAsync(host.EndPoint);
            await late.SubscribeAsync("news");
            await HearAsync(redis, clients[0], late);
        }
        finally
        {
            waiting.ForEach(socket => socket.Dispose());
            foreach (var client in clients)
                await client.DisposeAsync();
        }
    }

    /// <summary>A publication of Redis's own client reaches them.</summary>
    private static async Task HearAsync(RedisServer redis, params WsClient[] clients)
    {
        Assert.Equal(1, await RedisCli.PublishAsync(redis, "news", "1"u8.ToArray()));
        foreach (var client in clients)
            Assert.Equal("message", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Above an address's share of farewells a client is reset, perhaps before it knows that it was accepted.
        }

        return socket;
    }
}
