using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Core.Brokers;

namespace Gateway.Tests.Admin;

public class DrainEndpointTests
{
    [Fact]
    public async Task Drain_BegunAndCalledOff_SaysHowFarItIs()
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Equal("none", (await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/drain")).GetProperty("state").GetString());

        var begun = await host.Client.PostAsync("/api/v1/drain", null);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var report = await begun.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("draining", report.GetProperty("state").GetString());
        Assert.Equal(1, report.GetProperty("sent").GetInt64());
        Assert.Equal(2, report.GetProperty("remaining").GetInt32());

        var cancelled = await host.Client.DeleteAsync("/api/v1/drain");
        Assert.Equal("none", (await cancelled.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        await RunningHost.ProblemAsync(await host.Client.DeleteAsync("/api/v1/drain"), 409);
    }

    [Fact]
    public async Task Nodes_AreListedByName_AndTheOneThatAnswersIsMarked()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Nodes =
        [
            new NodeAnnouncement { Node = "node-2", State = NodeStates.Draining, Connections = 7, Subscriptions = 9, MaxConnections = 10, SendingAway = 100 },
            new NodeAnnouncement { Node = "node-1", State = NodeStates.Ready, Connections = 3, Subscriptions = 4, MaxConnections = 10, Accepted = 1.5 },
        ];

        var list = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/nodes");
        var nodes = list.GetProperty("nodes").EnumerateArray().ToArray();

        Assert.Equal(["node-1", "node-2"], nodes.Select(node => node.GetProperty("name").GetString()));
        Assert.Equal([true, false], nodes.Select(node => node.GetProperty("is_self").GetBoolean()));
        Assert.Equal("draining", nodes[1].GetProperty("state").GetString());
        Assert.Equal(
            """{"nodes":2,"ready":1,"connections":10,"max_connections":20,"subscriptions":13,"accepted":1.5,"sending_away":100}""",
            list.GetProperty("totals").GetRawText());
    }
}
