using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Core.Brokers;
using Gateway.Core.Diagnosis;
using Gateway.Core.Removal;

namespace Gateway.Tests.Admin;

public class NodeEndpointTests
{
    [Fact]
    public async Task Node_Asked_DescribesItself()
    {
        await using var host = await RunningHost.StartAsync();

        var node = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/node");

        Assert.Equal("node-1", node.GetProperty("name").GetString());
        Assert.Equal("[::]:8080", node.GetProperty("endpoints")[0].GetString());
        Assert.Equal("ws://[::]:8080", node.GetProperty("urls")[0].GetString());
        Assert.Equal(3, node.GetProperty("connections").GetInt32());
        Assert.Equal(2, node.GetProperty("channels").GetInt32());
        Assert.Equal(5, node.GetProperty("subscriptions").GetInt32());
        Assert.Equal("in-process", node.GetProperty("broker").GetProperty("name").GetString());
        Assert.True(node.GetProperty("readiness").GetProperty("ready").GetBoolean());
        Assert.Equal(1024 * 1024, node.GetProperty("limits").GetProperty("max_message_bytes").GetInt32());
        Assert.True(node.GetProperty("uptime_seconds").GetDouble() > 0);
    }

    [Fact]
    public async Task Connection_OnThisNode_IsDescribed()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Connections["c1"] = new ConnectionInfo("c1", "json", "open", "10.0.0.1:5", "10.0.0.2:8080", DateTimeOffset.UnixEpoch, ["news"], 1, 12, 0.5);

        var connection = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/connections/c1");

        Assert.Equal("news", connection.GetProperty("channels")[0].GetString());
        Assert.Equal(12, connection.GetProperty("queued_bytes").GetInt64());
    }

    [Fact]
    public async Task Connection_NotOnThisNode_Is404()
    {
        await using var host = await RunningHost.StartAsync();

        await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/connections/nobody"), 404);
    }

    [Theory]
    [InlineData(DisconnectResult.Local, HttpStatusCode.OK, "disconnected")]
    [InlineData(DisconnectResult.Relayed, HttpStatusCode.Accepted, "relayed")]
    public async Task Disconnect_HereOrElsewhere_SaysWhich(DisconnectResult result, HttpStatusCode status, string said)
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Disconnect = _ => result;

        var response = await host.Client.PostAsync("/api/v1/connections/c1/disconnect", null);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(said, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result").GetString());
    }

    [Fact]
    public async Task Disconnect_BrokerUnavailable_Is503()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Disconnect = _ => throw new BrokerUnavailableException("no link", BrokerOutcome.NotDone);

        var problem = await RunningHost.ProblemAsync(await host.PostAsync("/api/v1/connections/c1/disconnect", "{}"), 503);

        Assert.Equal("not_done", problem.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Channels_PrefixAndLimit_NarrowTheListAndSayWhetherThereAreMore()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Channels.AddRange([new("a:1", 1, "subscribed"), new("a:2", 2, "subscribed"), new("b", 3, "subscribed")]);

        var some = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/channels?prefix=a:&limit=1");
        var all = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/channels");

        Assert.Equal("a:1", Assert.Single(some.GetProperty("channels").EnumerateArray()).GetProperty("name").GetString());
        Assert.True(some.GetProperty("more").GetBoolean());
        Assert.Equal(3, all.GetProperty("channels").GetArrayLength());
        Assert.False(all.GetProperty("more").GetBoolean());
    }

    [Fact]
    public async Task Channels_SortedBySubscribers_BeginWithTheBusiest()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Channels.AddRange([new("a", 1, "subscribed"), new("b", 2, "subscribed"), new("c", 3, "subscribed")]);

        var busiest = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/channels?sort=subscribers&limit=2");
        var byName = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/channels?sort=name&limit=1");

        Assert.Equal(["c", "b"], busiest.GetProperty("channels").EnumerateArray().Select(channel => channel.GetProperty("name").GetString()));
        Assert.True(busiest.GetProperty("more").GetBoolean());
        Assert.Equal("a", byName.GetProperty("channels")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Channels_UnknownSort_Is400()
    {
        await using var host = await RunningHost.StartAsync();

        var problem = await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/channels?sort=size"), 400);

        Assert.Contains("sort", problem.GetProperty("detail").GetString());
    }

    /// <summary>A parameter that is left empty is not given.</summary>
    [Theory]
    [InlineData("/api/v1/channels?limit=&sort=&prefix=")]
    [InlineData("/api/v1/channels?limit&sort")]
    [InlineData("/api/v1/channels?limit=&limit=5")]
    [InlineData("/api/v1/lagging?limit=")]
    [InlineData("/api/v1/explain?channel=a&connection=&user=")]
    public async Task Query_WithoutAValue_IsAbsent(string path)
    {
        await using var host = await RunningHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("many")]
    public async Task Channels_WrongLimit_Is400(string limit)
    {
        await using var host = await RunningHost.StartAsync();

        var problem = await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/channels?limit=" + limit), 400);

        Assert.Contains("limit", problem.GetProperty("detail").GetString());
    }
}
