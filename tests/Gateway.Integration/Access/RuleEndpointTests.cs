using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Access;

/// <summary>The dry run: which rule decides, what, and why.</summary>
public sealed class RuleEndpointTests
{
    private const string Rules = """
        [
          { "Pattern": "user:{sub}", "Publish": "authenticated" },
          { "Pattern": "team:{team}:*", "Subscribe": "claim", "Publish": "nobody" },
          { "Pattern": "ask:*", "Subscribe": "authorizer", "Publish": "authorizer", "AuthorizerFailure": "allow" },
          { "Pattern": "doc:*", "Subscribe": "token" },
          { "Pattern": "user:*" },
          { "Pattern": "news", "MaxPublicationBytes": 100 }
        ]
        """;

    [Theory]
    [InlineData("""{"channel":"user:alice"}""", "forbidden", 0, "not this client's: it has no sub")]
    [InlineData("""{"channel":"user:alice","claims":{"sub":"bob"}}""", "forbidden", 0, "the sub 'bob'")]
    [InlineData("""{"channel":"user:alice","claims":{"sub":"alice"}}""", "allowed", 0, "lets anyone whom it is about")]
    [InlineData("""{"channel":"user:alice:x","claims":{"sub":"alice"}}""", "allowed", 4, "lets anyone")]
    [InlineData("""{"channel":"team:red:a","claims":{"sub":"bob","team":"red"}}""", "forbidden", 1, "none of whose 0 grants")]
    [InlineData("""{"channel":"team:red:a","claims":{"sub":"bob","team":"red","channels":["team:*"]}}""", "allowed", 1, "'channels' allows it")]
    [InlineData("""{"channel":"team:red:a","claims":{"sub":"bob","team":"a:b"}}""", "forbidden", 1, "no placeholder takes for its ':'")]
    [InlineData("""{"channel":"team:7:a","claims":{"sub":"bob","team":7,"channels":[{"pattern":"*","rights":["subscribe"]}]}}""", "allowed", 1, "'channels' allows it")]
    [InlineData("""{"channel":"ask:a"}""", "undecided", 2, "which was not asked now")]
    [InlineData("""{"channel":"doc:a"}""", "undecided", 3, "asks for a subscription token")]
    [InlineData("""{"channel":"other"}""", "forbidden", null, "No rule's pattern matches")]
    public async Task Explain_AClient_SaysWhichRuleDecidesAndWhy(string body, string result, int? rule, string why)
    {
        await using var gateway = await StartAsync("http://127.0.0.1:1/");
        var said = (await gateway.ExplainAsync(body)).GetProperty("subscribe");

        Assert.Equal(result, said.GetProperty("result").GetString());
        Assert.Equal(rule, said.TryGetProperty("rule", out var index) ? index.GetInt32() : null);
        Assert.Contains(why, said.GetProperty("why").GetString());
    }

    [Fact]
    public async Task Explain_ABackend_IsAskedOnlyWhenThatIsSaid()
    {
        await using var backend = await BackendServer.StartAsync();
        backend.Answer = static (_, context) => BackendServer.SayAsync(context, """{"allow":false,"reason":"Pay first."}""");
        await using var gateway = await StartAsync(backend.Uri);

        var dry = (await gateway.ExplainAsync("""{"channel":"ask:a","claims":{"sub":"bob","plan":"free"}}""")).GetProperty("publish");
        Assert.Equal(0, backend.Asked);
        Assert.Equal("undecided", dry.GetProperty("result").GetString());
        Assert.Equal("free", dry.GetProperty("question").GetProperty("claims").GetProperty("plan").GetString());

        var asked = (await gateway.ExplainAsync("""{"channel":"ask:a","claims":{"sub":"bob"},"ask":true}""")).GetProperty("publish");
        Assert.Equal(2, backend.Asked);
        Assert.Equal(("forbidden", "Pay first."), (asked.GetProperty("result").GetString(), asked.GetProperty("refusal").GetString()));
    }

    [Theory]
    [InlineData("""{"channel":"a b"}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("nonsense")]
    [InlineData("""{"channel":"a","claims":7}""")]
    [InlineData("""{"channel":"a","claims":{}}""")]
    [InlineData("""{"channel":"a","claims":{"sub":"bob","channels":"*"}}""")]
    [InlineData("""{"channel":"a","claims":{"sub":"bob","channels":[{"pattern":"*"}]}}""")]
    [InlineData("""{"channel":"a","claims":{},"token":"x"}""")]
    [InlineData("""{"channel":"a","token":"x"}""")]
    public async Task Explain_AWrongQuestion_IsAProblem(string body)
    {
        await using var gateway = await StartAsync("http://127.0.0.1:1/");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Admin.PostAsync(new Uri("/api/v1/rules/explain", UriKind.Relative), content)).StatusCode);
    }

    [Fact]
    public async Task List_Rules_TellsThemInTheirOrder()
    {
        await using var gateway = await StartAsync("http://127.0.0.1:1/");
        var list = await gateway.Admin.GetFromJsonAsync<JsonElement>("/api/v1/rules");
        var rules = list.GetProperty("rules").EnumerateArray().ToArray();

        Assert.Equal(["user:{sub}", "team:{team}:*", "ask:*", "doc:*", "user:*", "news"], rules.Select(rule => rule.GetProperty("pattern").GetString()!));
        Assert.Equal(("authorizer", "allow"), (rules[2].GetProperty("publish").GetString(), rules[2].GetProperty("authorizer_failure").GetString()));
        Assert.Equal(100, rules[5].GetProperty("max_publication_bytes").GetInt32());
        Assert.Equal(16, list.GetProperty("hash").GetString()!.Length);
    }

    [Fact]
    public async Task ExplainAConnection_ThatTheRulesRefuse_GivesTheRealReason()
    {
        await using var gateway = await StartAsync("http://127.0.0.1:1/");
        await using var client = await WsClient.OpenAsync(gateway.EndPoint);
        var id = (await client.ReceiveJsonAsync()).GetProperty("connection").GetString();

        var explanation = await gateway.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/explain?channel=user:alice&connection={id}");
        var cause = explanation.GetProperty("causes")[0];
        Assert.Equal("subscribe_forbidden", cause.GetProperty("code").GetString());
        Assert.Contains("user:{sub}", cause.GetProperty("text").GetString());
    }

    private static Task<HostedGateway> StartAsync(string authorizer) => HostedGateway.StartAsync(
        Rules, $$""" "Authorizer": { "Uri": "{{authorizer}}" }, "Auth": { "SubscriptionTokens": { "HmacKey": "a key of the tests, long enough to be one" } }, """);
}
