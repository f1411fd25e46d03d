using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Core.Diagnosis;
using Gateway.Core.Telemetry;

namespace Gateway.Tests.Admin;

public class ListEndpointTests
{
    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData("", 20)]
    [InlineData("&limit=100", 100)]
    public async Task Subscribers_OfAChannel_AreListed(string query, int limit)
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Subscribers = (channel, most) => new SubscriberReport(
            channel, most, [new SubscriberInfo("c1", "b", "json", null, "10.0.0.1:5", Then, 7)], [new AskedNode("a", true), new AskedNode("b", true)]);

        var report = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/subscribers?channel=a%2Fb" + query);

        Assert.Equal(
            $$"""{"channel":"a/b","count":{{limit}},"connections":[{"id":"c1","node":"b","protocol":"json","remote_address":"10.0.0.1:5","connected_at":"1970-01-01T00:00:00+00:00","queued_bytes":7}],"nodes":[{"name":"a","answered":true},{"name":"b","answered":true}]}""",
            report.GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?channel=")]
    [InlineData("?channel=a%20b")]
    [InlineData("?channel=a&limit=0")]
    [InlineData("?channel=a&limit=101")]
    public async Task Subscribers_OfNoChannelOrTooMany_AreRefused(string query)
    {
        await using var host = await RunningHost.StartAsync();

        await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/subscribers" + query), 400);
    }

    [Fact]
    public async Task Ended_Asked_ListsConnectionsAndNodes()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Ended = _ => new EndedReport([new EndedConnectionInfo("c1", "b", "slow_consumer", 4413, Then, "json", null, 8, 2)], [new AskedNode("b", false)]);

        var report = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/ended");

        Assert.Equal(
            """{"connections":[{"id":"c1","node":"b","reason":"slow_consumer","code":4413,"ended_at":"1970-01-01T00:00:00+00:00","protocol":"json","queued_bytes":8,"dropped":2}],"nodes":[{"name":"b","answered":false}]}""",
            report.GetRawText());
        await RunningHost.ProblemAsync(await host.Client.GetAsync("/api/v1/ended?limit=101"), 400);
    }

    [Fact]
    public async Task Traffic_AfterAPoint_IsWhatCameLater()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.Traffic = [Point(0), Point(2), Point(4)];

        var all = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/traffic");
        Assert.Equal(("node-1", 2d, 3), (all.GetProperty("node").GetString(), all.GetProperty("interval_seconds").GetDouble(), all.GetProperty("points").GetArrayLength()));
        Assert.Equal(
            """{"at":"1970-01-01T00:00:00+00:00","received":1,"sent":2,"publications":3,"deliveries":4,"dropped":5,"connections":6,"memory_bytes":7,"latency_p50_seconds":0.5}""",
            all.GetProperty("points")[0].GetRawText());

        var second = Uri.EscapeDataString(all.GetProperty("points")[1].GetProperty("at").GetString()!);
        var later = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/traffic?after=" + second);
        Assert.Equal([Then.AddSeconds(4)], later.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("at").GetDateTimeOffset()));
    }

    private static TrafficPoint Point(int seconds) => new(Then.AddSeconds(seconds), 1, 2, 3, 4, 5, 6, 7, 0.5, null);
}
