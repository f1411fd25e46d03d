using System.Net;
using System.Net.Sockets;
using Gateway.Core.Transport;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>The program itself with few descriptors, all of them wanted at once: what it needs for itself it has.</summary>
public sealed class DescriptorTests
{
    private const int Limit = 1024;

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
            await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK && (await host.PublishAsync("""{"channel":"news","data":1}""")).IsSuccessStatusCode);
            while ((await clients[0].ReceiveJsonAsync()).GetProperty("type").GetString() != "message")
            {
                // What it is told of the gap.
            }

            Assert.DoesNotContain("Too many open files", host.Output, StringComparison.Ordinal);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
            foreach (var client in clients)
                await client.DisposeAsync();
        }
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
