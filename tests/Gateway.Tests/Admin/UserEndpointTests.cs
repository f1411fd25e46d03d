using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Core.Brokers;

namespace Gateway.Tests.Admin;

public class UserEndpointTests
{
    [Fact]
    public async Task Disconnect_OfAUser_IsAccepted_AndANameIsDecoded()
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.PostAsync("/api/v1/users/a%20b%C3%A9/disconnect", "{}");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(2, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("here").GetInt32());
        Assert.Equal(["disconnect a bé"], host.Node.Asked);
    }

    /// <summary>A name is decoded once, whatever is in it: the server by itself leaves a slash escaped, and then nobody knows who was meant.</summary>
    [Theory]
    [InlineData("org%2Fann", "org/ann")]
    [InlineData("org%2fann", "org/ann")]
    [InlineData("org%252Fann", "org%2Fann")]
    [InlineData("a%25b", "a%b")]
    [InlineData("100%25", "100%")]
    [InlineData("a+b", "a+b")]
    [InlineData("a%3Fb%23c", "a?b#c")]
    [InlineData("https%3A%2F%2Fidp.example%2Fusers%237", "https://idp.example/users#7")]
    [InlineData("%2F", "/")]
    [InlineData("b%C3%BC", "b\u00FC")]
    public async Task User_IsWhoThePathSays(string segment, string user)
    {
        await using var host = await RunningHost.StartAsync();

        var found = await host.Client.GetFromJsonAsync<JsonElement>(AsItStands(host, $"api/v1/users/{segment}"));
        var ended = await host.Client.PostAsync(AsItStands(host, $"api/v1/users/{segment}/disconnect/"), null);

        Assert.Equal(user, found.GetProperty("user").GetString());
        Assert.Equal(HttpStatusCode.Accepted, ended.StatusCode);
        Assert.Equal(["disconnect " + user], host.Node.Asked);
    }

    [Fact]
    public async Task Path_WithDotSegments_IsNotGuessed()
    {
        await using var host = await RunningHost.StartAsync();

        await RunningHost.ProblemAsync(await host.Client.PostAsync(AsItStands(host, "api/v1/nodes/../users/ann/disconnect"), null), 400);

        Assert.Empty(host.Node.Asked);
    }

    [Theory]
    [InlineData("""{"user":"u1"}""", "revoke u1/ for ")]
    [InlineData("""{"user":"u1","jti":null,"expires_in":null}""", "revoke u1/ for ")]
    [InlineData("""{"jti":"t1","expires_in":60}""", "revoke /t1 for 00:01:00")]
    public async Task Revoke_OfAUserOrAToken_IsDone(string body, string asked)
    {
        await using var host = await RunningHost.StartAsync();

        var response = await host.PostAsync("/api/v1/tokens/revoke", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([asked], host.Node.Asked);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("until", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"user":7}""")]
    [InlineData("""{"user":""}""")]
    [InlineData("""{"user":"a","jti":"b"}""")]
    [InlineData("""{"user":"a","expires_in":0}""")]
    [InlineData("""{"user":"a","expires_in":31536001}""")]
    public async Task Revoke_OfNobody_IsRefused(string body)
    {
        await using var host = await RunningHost.StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await host.PostAsync("/api/v1/tokens/revoke", body)).StatusCode);
        Assert.Empty(host.Node.Asked);
    }

    [Fact]
    public async Task Broker_ThatIsAway_Is503WithTheOutcome_AndSoIsATableThatIsFull()
    {
        await using var host = await RunningHost.StartAsync();
        host.Node.RevokedUntil = null;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.PostAsync("/api/v1/tokens/revoke", """{"user":"u1"}""")).StatusCode);

        host.Node.UserFault = new BrokerUnavailableException("away", BrokerOutcome.Unknown);
        foreach (var (path, body) in ((string, string)[])[("/api/v1/tokens/revoke", """{"user":"u1"}"""), ("/api/v1/users/u1/disconnect", "{}")])
        {
            var response = await host.PostAsync(path, body);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("unknown", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("outcome").GetString());
        }
    }

    /// <summary>A URL that the client sends as it is written.</summary>
    private static Uri AsItStands(RunningHost host, string path) =>
        new($"{host.Client.BaseAddress}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    [Fact]
    public async Task User_IsFound_AndExplained()
    {
        await using var host = await RunningHost.StartAsync();

        var found = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/users/u1");
        Assert.Equal(("u1", 0), (found.GetProperty("user").GetString(), found.GetProperty("count").GetInt32()));
        var explained = await host.Client.GetFromJsonAsync<JsonElement>("/api/v1/explain?channel=news&user=u1");
        Assert.Equal("u1", explained.GetProperty("user").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync("/api/v1/explain?channel=news&user=u1&connection=a")).StatusCode);
    }
}
