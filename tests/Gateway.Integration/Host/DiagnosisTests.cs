using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>The admin side of three real programs on one Redis, one of which stands still.</summary>
public sealed class DiagnosisTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task Lagging_WithANodeThatStandsStill_NamesItAndTellsTheRest()
    {
        await using var a = await StartAsync("a");
        await using var b = await StartAsync("b");
        await using var c = await StartAsync("c");
        await Eventually.TrueAsync(async () => (await JsonAsync(a, "/api/v1/nodes")).GetProperty("nodes").GetArrayLength() == 3);
        await using var client = await WsClient.OpenJsonAsync(b.EndPoint);
        await client.SubscribeAsync("news");

        await c.SignalAsync("STOP");
        try
        {
            var lagging = await JsonAsync(a, "/api/v1/lagging?limit=5");
            Assert.Equal(["a:True", "b:True", "c:False"], Nodes(lagging));

            var explanation = await JsonAsync(a, "/api/v1/explain?channel=news");
            Assert.Equal(["a:True", "b:True", "c:False"], Nodes(explanation));
            var cause = explanation.GetProperty("causes")[0];
            Assert.Equal(("node_silent", "c"), (cause.GetProperty("code").GetString(), cause.GetProperty("node").GetString()));

            using var unknown = await a.Admin.GetAsync("/api/v1/connections/00000000000000ff");
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
            Assert.Contains("did not answer: c.", (await unknown.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
        }
        finally
        {
            await c.SignalAsync("CONT");
        }

        await Eventually.TrueAsync(async () => Nodes(await JsonAsync(a, "/api/v1/lagging")) is ["a:True", "b:True", "c:True"]);
    }

    private Task<HostProcess> StartAsync(string name) => HostProcess.StartAsync(
        $"--Gateway:Redis:Configuration={redis.Address}", $"--Gateway:Node:Name={name}",
        // One that stands still is to be expected for as long as the test takes.
        "--Gateway:Cluster:AnnounceInterval=100ms", "--Gateway:Cluster:ForgetAfter=10m");

    private static Task<JsonElement> JsonAsync(HostProcess host, string path) => host.Admin.GetFromJsonAsync<JsonElement>(path);

    private static string[] Nodes(JsonElement report) =>
        [.. report.GetProperty("nodes").EnumerateArray().Select(node => $"{node.GetProperty("name").GetString()}:{node.GetProperty("answered").GetBoolean()}").Order(StringComparer.Ordinal)];
}
