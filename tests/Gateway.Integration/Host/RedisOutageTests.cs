using System.Net;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>What clients, probes and backends see of Redis's absence.</summary>
public sealed class RedisOutageTests
{
    [Fact]
    public async Task Redis_AbsentAtStart_NodeStartsIsNotReadyAndConnectsLater()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var host = await HostProcess.StartAsync(Redis(redis));

        var (status, reason) = await host.ReadinessAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("Redis", reason, StringComparison.OrdinalIgnoreCase);
        using (var refused = await host.PublishAsync("""{"channel":"news","data":1}"""))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        await redis.RestartAsync();

        await BecomesAsync(host, HttpStatusCode.OK);
        await using var client = await WsClient.OpenJsonAsync(host.EndPoint);
        await client.SubscribeAsync("news");
        await DeliversAsync(host, client, "news");
    }

    [Fact]
    public async Task Redis_KilledAndBack_ClientsStaySubscriptionsWorkAndTheGapIsTold()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await HostProcess.StartAsync(Redis(redis), "--Gateway:Redis:UnreadyAfter=200ms");
        await BecomesAsync(host, HttpStatusCode.OK);
        var clients = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => WsClient.OpenJsonAsync(host.EndPoint)));
        await Task.WhenAll(clients.Select((client, i) => client.SubscribeAsync($"channel-{i % 20}")));

        await redis.KillAsync();
        await BecomesAsync(host, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(100, (await host.NodeAsync()).GetProperty("connections").GetInt32());
        await redis.RestartAsync();
        await BecomesAsync(host, HttpStatusCode.OK);

        foreach (var client in clients)
            Assert.Equal("gap", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());
        for (var i = 0; i < 20; i++)
            await DeliversAsync(host, clients[i], $"channel-{i}");
        Assert.Equal(1, await host.MetricAsync("gateway_broker_gaps_total"));
        Assert.True(await host.MetricAsync("gateway_broker_gap_duration_seconds_total") > 0);
        Assert.Equal(100, (await host.NodeAsync()).GetProperty("connections").GetInt32());
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Redis_Hung_PublishingAnswers503AndTheNodeRecovers()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await HostProcess.StartAsync(
            Redis(redis),
            "--Gateway:Redis:UnreadyAfter=200ms", "--Gateway:Redis:PublishTimeout=300ms", "--Gateway:Redis:ProbeInterval=200ms", "--Gateway:Redis:ProbeTimeout=500ms");
        await BecomesAsync(host, HttpStatusCode.OK);
        await using var client = await WsClient.OpenJsonAsync(host.EndPoint);
        await client.SubscribeAsync("news");

        await redis.PauseAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using var response = await host.PublishAsync("""{"channel":"news","data":"late"}""");
            return (response.StatusCode, Body: await response.Content.ReadAsStringAsync());
        }));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
        Assert.Contains(answers, answer => answer.Body.Contains("\"unknown\"", StringComparison.Ordinal));
        await BecomesAsync(host, HttpStatusCode.ServiceUnavailable);
        // Two hundred hung publications must not have cost a thread each.
        Assert.InRange(await host.MetricAsync("gateway_thread_pool_threads"), 1, 50);

        await redis.ResumeAsync();
        await BecomesAsync(host, HttpStatusCode.OK);
        await DeliversAsync(host, client, "news");
    }

    private static string Redis(RedisServer redis) => $"--Gateway:Redis:Configuration={redis.Address}";

    private static Task BecomesAsync(HostProcess host, HttpStatusCode status) =>
        Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == status);

    /// <summary>A publication of now arrives; what is left of the outage may arrive before it.</summary>
    private static async Task DeliversAsync(HostProcess host, WsClient client, string channel)
    {
        var mark = Guid.NewGuid().ToString("N");
        await Eventually.TrueAsync(async () =>
        {
            using var response = await host.PublishAsync($$"""{"channel":"{{channel}}","data":"{{mark}}"}""");
            return response.StatusCode == HttpStatusCode.OK;
        });
        while (await client.ReceiveAsync() is { Opcode: Opcode.Text } frame)
        {
            if (Encoding.UTF8.GetString(frame.Payload).Contains(mark, StringComparison.Ordinal))
                return;
        }

        Assert.Fail("The stream ended before the publication came.");
    }
}
