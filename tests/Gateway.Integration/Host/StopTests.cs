using System.Globalization;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>The program's start and end, as an operator sees them.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Sigterm_UnderLoad_EveryClientSeesACloseFrameAndTheExitCodeIsZero()
    {
        await using var host = await HostProcess.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => WsClient.OpenJsonAsync(host.EndPoint)));
        await Task.WhenAll(clients.Select(client => client.SubscribeAsync("news")));
        var publishing = PublishUntilRefusedAsync(host);
        await Eventually.TrueAsync(() => clients[0].Socket.Available > 0);

        var closes = clients.Select(client => client.ReceiveCloseAsync()).ToArray();
        await host.SignalAsync("TERM");

        Assert.All(await Task.WhenAll(closes), close => Assert.Equal((1012, "service restart"), close));
        foreach (var client in clients)
            await client.DisposeAsync();
        Assert.Equal(0, await host.WaitForExitAsync());
        await publishing;
    }

    /// <summary>The others would else count on it, and on its clients, until its announcement is forgotten: here for ten minutes.</summary>
    [Fact]
    public async Task Sigterm_WithRedis_TheNodeTakesItsLeaveWhichIsSoonForgotten()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await HostProcess.StartAsync(
            $"--Gateway:Redis:Configuration={redis.Address}", "--Gateway:Node:Name=leaving", "--Gateway:Cluster:ForgetAfter=10m");
        await Eventually.TrueAsync(async () => (await OfAnnouncementAsync(redis, "GET")).Contains("\"ready\"", StringComparison.Ordinal));

        await host.SignalAsync("TERM");

        Assert.Equal(0, await host.WaitForExitAsync());
        var kept = long.Parse(await OfAnnouncementAsync(redis, "PTTL"), CultureInfo.InvariantCulture); // below zero: it is forgotten already
        Assert.InRange(kept, long.MinValue, 60_000);
        if (kept > 0)
            Assert.Contains("\"left\"", await OfAnnouncementAsync(redis, "GET"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithSeveralConfigurationErrors_ReportsAllOfThemAndExitsWith78()
    {
        var (exitCode, output) = await HostProcess.RunAsync(
            "--Gateway:Heartbeat:Interval=soon", "--Gateway:Limits:MaxQueueBytes=5000", "--Gateway:Endpoints:0:Address=nowhere", "--Gateway:Redis:Configuration=redis:port");

        Assert.Equal(78, exitCode);
        Assert.Contains("Gateway:Heartbeat:Interval", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Limits:MaxQueueBytes", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Endpoints:0:Address", output, StringComparison.Ordinal);
        Assert.Contains("Gateway:Redis:Configuration", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OnAPortInUse_NamesTheOptionAndExitsWith1()
    {
        await using var first = await HostProcess.StartAsync();

        var (exitCode, output) = await HostProcess.RunAsync($"--Gateway:Endpoints:0:Address={first.EndPoint}", "--Gateway:Admin:Address=127.0.0.1:0", "--Gateway:Auth:AllowAnonymous=true");

        Assert.Equal(1, exitCode);
        Assert.Contains("Gateway:Endpoints:0:Address", output, StringComparison.Ordinal);
        Assert.Contains("in use", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static async Task<string> OfAnnouncementAsync(RedisServer redis, string command) =>
        (await Tool.RunAsync("redis-cli", "", "-p", redis.Port.ToString(CultureInfo.InvariantCulture), command, "gateway:node:leaving")).Trim();

    private static async Task PublishUntilRefusedAsync(HostProcess host)
    {
        try
        {
            while (true)
                (await host.PublishAsync("""{"channel":"news","data":{"n":1}}""")).Dispose();
        }
        catch (HttpRequestException)
        {
            // the admin side ends after the clients
        }
    }
}
