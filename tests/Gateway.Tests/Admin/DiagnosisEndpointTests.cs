using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Core.Diagnosis;

namespace Gateway.Tests.Admin;

public class DiagnosisEndpointTests
{
    [Fact]
    public async Task Lagging_Asked_ListsConnectionsAndNodes()
    {
        await using var host = await RunningHost.StartAsync();
        var asked = 0;
        host.Node.Lagging = limit =>
        {
            asked = limit;
            return new LaggingReport(
                [new LaggingConnection("c1", "b", "json", "open", "10.0.0.1:5", 4096, 100, 200, 0.5, 0.25, 1.5, 2, 0)],
                [new AskedNode("a", true), new AskedNode("b", true), new AskedNode("c", false)]);
        };

        var report = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/lagging");

        Assert.Equal(20, asked);
        Assert.Equal(
            """{"connections":[{"id":"c1","node":"b","protocol":"json","state":"open","remote_address":"10.0.0.1:5","queued_bytes":4096,"unsent_bytes":100,"unacknowledged_bytes":200,"last_write_seconds":0.5,"last_acknowledgement_seconds":0.25,"rtt_milliseconds":1.5,"retransmits":2,"drops":0}],"nodes":[{"name":"a","answered":true},{"name":"b","answered":true},{"name":"c","answered":false}]}""",
            report.GetRawText());
        await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/lagging?limit=100");
        Assert.Equal(100, asked);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("many")]
    public async Task Lagging_WrongLimit_Is400(string limit)
    {
        await using var host = await RunningHost.StartAsync();

        var problem = await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/lagging?limit=" + limit), 400);

        Assert.Contains("limit", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("&connection=", null)]
    [InlineData("&connection=c1", "c1")]
    public async Task Explain_Asked_TellsCausesAndFacts(string query, string? connection)
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Explain = (channel, about) => new Explanation(
            channel,
            about,
            [new FoundCause("behind", "b", "8 bytes wait.", "Look.")],
            [new NodeFacts("b", "ready", 0, new BrokerFacts(true, "connected", 0, null, null), new ChannelFacts("subscribed", 2, 0, true, null, 0, 0), null, null, null)],
            [new AskedNode("b", true)]);

        var explanation = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/explain?channel=a%20b" + query);

        Assert.Equal("a b", explanation.GetProperty("channel").GetString());
        Assert.Equal(connection, explanation.TryGetProperty("connection", out var asked) ? asked.GetString() : null);
        Assert.Equal("""{"code":"behind","node":"b","text":"8 bytes wait.","advice":"Look."}""", explanation.GetProperty("causes")[0].GetRawText());
        Assert.Equal(2, explanation.GetProperty("facts")[0].GetProperty("channel").GetProperty("subscribers").GetInt32());
        Assert.True(explanation.GetProperty("nodes")[0].GetProperty("answered").GetBoolean());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?connection=c1")]
    [InlineData("?channel=")]
    public async Task Explain_WithoutAChannel_Is400(string query)
    {
        await using var host = await RunningHost.StartAsync();

        var problem = await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/explain" + query), 400);

        Assert.Contains("'channel'", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Explain_AVeryLongText_Is400()
    {
        await using var host = await RunningHost.StartAsync();

        await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/explain?channel=" + new string('x', 1025)), 400);
        await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/explain?channel=x&connection=" + new string('x', 1025)), 400);
    }

    [Fact]
    public async Task Connection_ThatHasEnded_Is410AndSaysWhy()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Search = id => new ConnectionSearch(
            null, new EndedConnectionInfo(id, "b", "slow_consumer", 4413, DateTimeOffset.UnixEpoch, "json", "10.0.0.1:5", 4096, 12), [new AskedNode("b", true)]);

        var problem = await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/connections/c1"), 410);

        var detail = problem.GetProperty("detail").GetString();
        Assert.Contains("on node b: slow_consumer, close code 4413. 4096 bytes waited for it, 12 messages were dropped.", detail);
        Assert.Contains("1970-01-01T00:00:00", detail);
    }

    [Fact]
    public async Task Connection_NotFoundWithNodesThatDidNotAnswer_NamesThem()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Search = _ => new ConnectionSearch(null, null, [new AskedNode("a", true), new AskedNode("b", false), new AskedNode("c", false)]);

        var problem = await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/connections/c1"), 404);

        Assert.EndsWith("These did not answer: b, c.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task OpenApi_DescribesTheQuestions()
    {
        await using var host = await RunningHost.StartAsync();

        var paths = (await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");

        foreach (var path in (string[])["/api/v1/lagging", "/api/v1/explain"])
        {
            var operation = paths.GetProperty(path).GetProperty("get");
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            Assert.NotEmpty(operation.GetProperty("description").GetString()!);
            Assert.All(operation.GetProperty("parameters").EnumerateArray(), parameter => Assert.NotEmpty(parameter.GetProperty("description").GetString()!));
        }
    }
}
