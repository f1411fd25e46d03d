using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Clients;

/// <summary>A client that a generator makes of the node's OpenAPI document does what the API does.</summary>
public sealed class GeneratedClientTests(GeneratedClient client) : IClassFixture<GeneratedClient>
{
    [Fact]
    public async Task Publish_OfAnyJson_ReachesASubscriberAsItIs()
    {
        await using var subscriber = await WsClient.OpenJsonAsync(client.Host.EndPoint);
        await subscriber.SubscribeAsync("news");
        foreach (var (data, json) in ((object, string)[])[(1, "1"), ("a", "\"a\""), (true, "true"), (new[] { 1, 2 }, "[1,2]"), (new { goal = 1 }, """{"goal":1}""")])
        {
            Assert.Equal("1", await client.RunAsync("Publish", data));

            Assert.Equal(json, (await MessageAsync(subscriber)).GetRawText());
        }

        Assert.Equal("2", await client.RunAsync("PublishText", "goal"));
        Assert.Equal("goal", (await MessageAsync(subscriber)).GetString());
    }

    [Fact]
    public async Task Node_IsDescribedByTypedMembers() =>
        Assert.Equal($"gw-1 ws://{client.Host.EndPoint} True True True 00:00:00", await client.RunAsync("Node"));

    [Fact]
    public async Task Lists_TakeNumbersAndTellWhatIsAbsent()
    {
        await using var subscriber = await WsClient.OpenJsonAsync(client.Host.EndPoint);
        await subscriber.SubscribeAsync("listed");

        Assert.Equal("1 json nobody True", await client.RunAsync("Subscribers", "listed"));
        Assert.Equal("listed True True", await client.RunAsync("Explain", "listed"));
        Assert.Equal("u1 allowed", await client.RunAsync("Allowed", "listed"));
    }

    [Theory]
    [InlineData("PublishTo", "no channel", "400 400 Bad Request about:blank ")]
    [InlineData("Connection", "0123456789abcdef", "404 404 Not Found about:blank No node has a connection of that id")]
    [InlineData("OtherNode", "gw-2", "409 409 Conflict about:blank This is node gw-1")]
    public async Task Refusal_IsTheGeneratedExceptionWithItsProblem(string method, string argument, string refusal) =>
        Assert.StartsWith(refusal, await client.RunAsync(method, argument), StringComparison.Ordinal);

    [Fact]
    public async Task Refusal_WithoutAKey_IsTheGeneratedExceptionWithItsProblem()
    {
        await using var guarded = await HostProcess.StartAsync("--Gateway:Admin:ApiKey=7f3c1e9a5b2d8064");

        Assert.StartsWith("401 401 Unauthorized about:blank ", await client.AskAsync(guarded, "OtherNode", "gw-1"), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> MessageAsync(WsClient subscriber)
    {
        var message = await subscriber.ReceiveJsonAsync();
        Assert.Equal("message", message.GetProperty("type").GetString());
        return message.GetProperty("data");
    }
}
