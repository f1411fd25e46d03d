using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Tests.Admin;

/// <summary>Which node answers, and which is meant: behind a load balancer those may be two.</summary>
public class MeantNodeTests
{
    [Theory]
    [InlineData("")]
    [InlineData("?node=")]
    [InlineData("?node=node-1")]
    public async Task Request_MeantForThisNodeOrAny_IsAnsweredAndNamesIt(string query)
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.Client.PostAsync("/api/v1/drain" + query, null);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(["node-1"], response.Headers.GetValues("Gateway-Node"));
        Assert.Equal("node-1", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("node").GetString());
    }

    [Theory]
    [InlineData("POST", "/api/v1/drain")]
    [InlineData("DELETE", "/api/v1/drain")]
    [InlineData("GET", "/api/v1/node")]
    [InlineData("POST", "/api/v1/users/alice/disconnect")]
    public async Task Request_MeantForAnotherNode_IsRefusedAndTheConnectionEnds(string method, string path)
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path + "?node=NODE-1");

        var response = await host.Client.SendAsync(request);

        var problem = await RunningHost.ProblemAsync(response, 409);
        Assert.Contains("node-1", problem.GetProperty("detail").GetString());
        Assert.Equal(["node-1"], response.Headers.GetValues("Gateway-Node"));
        Assert.True(response.Headers.ConnectionClose);
        Assert.Equal("none", (await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/drain")).GetProperty("state").GetString());
        Assert.Empty(host.Node.Asked);
    }

    [Fact]
    public async Task Request_WithoutTheKey_IsToldNoName()
    {
        await using var host = await RunningHost.StartAsync(("Gateway:Admin:ApiKey", "open-sesame-7f3c1e9a5b2d"));

        var response = await host.Client.GetAsync("/api/v1/node?node=other");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Gateway-Node"));
    }

    [Fact]
    public async Task OpenApi_EachOperation_SaysHowANodeIsMeant()
    {
        await using var host = await RunningHost.StartAsync();

        var document = await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var operations = document.GetProperty("paths").EnumerateObject().Where(path => path.Name.StartsWith("/api/", StringComparison.Ordinal)).SelectMany(path => path.Value.EnumerateObject()).ToArray();
        Assert.NotEmpty(operations);
        Assert.All(operations, operation =>
        {
            var meant = Assert.Single(operation.Value.GetProperty("parameters").EnumerateArray(), parameter => parameter.GetProperty("name").GetString() == "node");
            Assert.Equal("query", meant.GetProperty("in").GetString());
            Assert.True(operation.Value.GetProperty("responses").TryGetProperty("409", out var refusal));
            Assert.Contains("another node", refusal.GetProperty("description").GetString());
            Assert.EndsWith("/Problem", refusal.GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").GetProperty("$ref").GetString());
        });
    }
}
