using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Clients;

/// <summary>The JavaScript client against real nodes: what it is for, and every way in which a node can leave it.</summary>
public sealed class JavaScriptClientTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string ReadyAt = "check inter 100ms fall 1 rise 1";

    [Fact]
    public async Task Client_OfOneNode_SubscribesPublishesAndLeaves()
    {
        await using var host = await HostProcess.StartAsync("--Gateway:Rules:0:Pattern=chat*", "--Gateway:Rules:0:Publish=anyone", "--Gateway:Rules:1:Pattern=news");
        await using var client = JavaScriptProgram.Start($"ws://{host.EndPoint}/ws", "chat", "secret");
        var open = await client.BecomesAsync("open");
        Assert.Equal(16, open.GetProperty("id").GetString()!.Length);

        var told = new[] { await client.NextAsync(), await client.NextAsync() };
        Assert.Contains(told, said => said.TryGetProperty("ready", out var channel) && channel.GetString() == "chat");
        Assert.Contains(told, said => said.TryGetProperty("error", out var code) && code.GetString() == "forbidden" && said.GetProperty("channel").GetString() == "secret");

        await client.SendAsync("""{"publish":["chat",{"n":[1,2.5,"ünd"]}]}""");
        var (published, message) = await BothAsync(client, "published", "message");
        Assert.Equal("chat", published.GetString());
        Assert.Equal("""{"n":[1,2.5,"ünd"]}""", message.GetRawText());

        // Bytes that are a number, or a text, to who takes them for one.
        foreach (var bytes in (string[])["[0,1,255]", "[49]", "[1,2,3]", "[]"])
        {
            await client.SendAsync($$"""{"bytes":["chat",{{bytes}}]}""");
            (_, message) = await BothAsync(client, "published", "message");
            Assert.Equal(bytes, message.GetRawText());
        }

        await client.SendAsync("""{"publish":["news",1]}""");
        Assert.Equal("forbidden", (await client.ExpectAsync("refused")).GetString());
        await client.SendAsync("""{"ping":true}""");
        Assert.True((await client.ExpectAsync("ping")).GetDouble() >= 0);

        using (await host.PublishAsync("""{"channel":"chat","binary":"AAH/"}"""))
            Assert.Equal("[0,1,255]", (await client.NextAsync("message")).GetProperty("data").GetRawText());

        await client.SendAsync("""{"unsubscribe":"chat"}""");
        await Eventually.TrueAsync(async () => (await host.NodeAsync()).GetProperty("subscriptions").GetInt32() == 0);
    }

    [Fact]
    public async Task Client_OfTokens_RefreshesBeforeOneExpires_AndComesBackWithANewOne()
    {
        await using var host = await HostProcess.StartAsync("--Gateway:Auth:AllowAnonymous=false", $"--Gateway:Auth:Jwt:HmacKey={Secret}", "--Gateway:Auth:ExpiryWarning=1h");
        var backend = Gateway.Tests.Auth.TokenIssuer.Hmac(Encoding.UTF8.GetBytes(Secret));
        // The second has a day: nobody is told of its end.
        string[] tokens = [backend.Issue("u1"), backend.Issue("u1", ("exp", Gateway.Tests.Auth.TokenIssuer.Now + 86400), ("jti", "t2")), backend.Issue("u1", ("exp", null), ("jti", "t3"))];
        await using var client = JavaScriptProgram.Start($"ws://{host.EndPoint}/ws", [.. tokens.Select(token => "--token=" + token), "news"]);
        var first = (await client.BecomesAsync("open")).GetProperty("id").GetString();
        Assert.Equal("news", (await client.ExpectAsync("ready")).GetString());

        await Eventually.TrueAsync(async () => await host.MetricAsync("gateway_token_refreshes_total") == 1);
        using (var body = new StringContent("""{"jti":"t2"}""", Encoding.UTF8, "application/json"))
        using (await host.Admin.PostAsync("/api/v1/tokens/revoke", body))
            Assert.Equal(4401, (await client.BecomesAsync("waiting")).GetProperty("code").GetInt32());

        await client.BecomesAsync("connecting");
        Assert.NotEqual(first, (await client.BecomesAsync("open")).GetProperty("id").GetString());
        Assert.DoesNotContain(tokens, token => host.Output.Contains(token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/ws", "", 4401, "a token is required", "unauthorized")]
    [InlineData("/ws", "--text=none", 4401, "the token is", "unauthorized")]
    [InlineData("/nowhere", "--text=none", 4404, "There is no endpoint /nowhere", "not_found")]
    public async Task Refusal_HasAReasonAndIsTheEnd(string path, string token, int code, string reason, string error)
    {
        await using var host = await HostProcess.StartAsync("--Gateway:Auth:AllowAnonymous=false", $"--Gateway:Auth:Jwt:HmacKey={Secret}");
        await using var client = JavaScriptProgram.Start($"ws://{host.EndPoint}{path}", token.Length == 0 ? ["news"] : [token, "news"]);

        var change = await client.BecomesAsync("disconnected");

        Assert.Equal((code, error), (change.GetProperty("code").GetInt32(), change.GetProperty("why").GetString()));
        Assert.StartsWith(reason, change.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_ByHttp_IsTheEndToo()
    {
        await using var host = await HostProcess.StartAsync("--Gateway:Auth:AllowAnonymous=false", $"--Gateway:Auth:Jwt:HmacKey={Secret}", "--Gateway:Handshake:CloseRefused=false");
        await using var client = JavaScriptProgram.Start($"ws://{host.EndPoint}/ws");

        var change = await client.BecomesAsync("disconnected");

        Assert.Equal((4401, "HTTP 401"), (change.GetProperty("code").GetInt32(), change.GetProperty("reason").GetString()));
    }

    [Theory]
    [InlineData("none", 4401, "unauthorized")]
    [InlineData("", 4403, "forbidden")]
    public async Task Refusal_InABrowser_HasAReason(string token, int code, string error)
    {
        // A page of another port of this host may connect; one of another host may not.
        await using var host = await HostProcess.StartAsync($"--Gateway:Auth:Jwt:HmacKey={Secret}", token.Length == 0 ? "--Gateway:Auth:AllowedOrigins:0=https://elsewhere.test" : "--Gateway:Auth:AllowAnonymous=false");
        await using var client = ClientProgram.Start("gateway-chromium.mjs", token.Length == 0 ? [$"ws://{host.EndPoint}/ws"] : [$"ws://{host.EndPoint}/ws", token]);
        Assert.Equal("connecting", (await SaidAsync()).GetProperty("state").GetString());

        var change = await SaidAsync();

        Assert.Equal(("disconnected", code, error), (change.GetProperty("state").GetString(), change.GetProperty("code").GetInt32(), change.GetProperty("error").GetString()));
        Assert.NotEmpty(change.GetProperty("reason").GetString()!);

        async Task<JsonElement> SaidAsync() => JsonSerializer.Deserialize<JsonElement>(await client.LineAsync());
    }

    [Fact]
    public async Task Channel_ThatAsksForASubscriptionToken_IsSubscribedToWithIt()
    {
        await using var host = await HostProcess.StartAsync("--Gateway:Rules:0:Pattern=doc:*", "--Gateway:Rules:0:Subscribe=token", $"--Gateway:Auth:SubscriptionTokens:HmacKey={Secret}");
        var token = Gateway.Tests.Auth.TokenIssuer.Hmac(Encoding.UTF8.GetBytes(Secret)).Issue("u1", ("sub", null), ("channel", "doc:7"));
        await using var client = JavaScriptProgram.Start($"ws://{host.EndPoint}/ws", "--show=" + token, "doc:7", "doc:8");
        await client.BecomesAsync("open");

        var told = new[] { await client.NextAsync(), await client.NextAsync() };

        Assert.Contains(told, said => said.TryGetProperty("ready", out var channel) && channel.GetString() == "doc:7");
        Assert.Contains(told, said => said.TryGetProperty("error", out var code) && code.GetString() == "forbidden" && said.GetProperty("channel").GetString() == "doc:8");
    }

    [Fact]
    public async Task Drain_OfTheClientsNode_IsFollowedToTheOtherWithoutALoss()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis, "first");
        await using var second = await StartAsync(redis, "second");
        await using var proxy = await InFrontOfAsync(first, second);
        await using var client = JavaScriptProgram.Start($"ws://{proxy.EndPoint}/ws", "news");
        Assert.Equal("first", (await client.BecomesAsync("open")).GetProperty("node").GetString());
        Assert.Equal("news", (await client.ExpectAsync("ready")).GetString());

        await first.SignalAsync("TERM");

        var waiting = await client.BecomesAsync("waiting");
        Assert.Equal(1012, waiting.GetProperty("code").GetInt32());
        // The moment that the gateway gave, at most Gateway:Drain:ReconnectWithin away.
        Assert.InRange(waiting.GetProperty("wait").GetInt32(), 0, 3_000);
        await ComesBackToSecondAsync(client);
        await GetsAllAsync(client, redis);
    }

    [Fact]
    public async Task Kill_OfTheClientsNode_IsFollowedToTheOtherAndTheGapIsTold()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis, "first");
        await using var second = await StartAsync(redis, "second");
        await using var proxy = await InFrontOfAsync(first, second);
        await using var client = JavaScriptProgram.Start($"ws://{proxy.EndPoint}/ws", "news");
        Assert.Equal("first", (await client.BecomesAsync("open")).GetProperty("node").GetString());
        Assert.Equal("news", (await client.ExpectAsync("ready")).GetString());

        await first.SignalAsync("KILL");

        Assert.Equal(1006, (await client.BecomesAsync("waiting")).GetProperty("code").GetInt32());
        await ComesBackToSecondAsync(client);
        await GetsAllAsync(client, redis);
    }

    [Fact]
    public async Task Redis_KilledAndBack_TheGapIsToldAndTheSubscriptionGoesOn()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await StartAsync(redis, "first");
        await using var client = JavaScriptProgram.Start($"ws://{host.EndPoint}/ws", "news");
        await client.BecomesAsync("open");
        await client.ExpectAsync("ready");

        await redis.KillAsync();
        await redis.RestartAsync();

        var gap = await client.NextAsync();
        Assert.Equal("broker", gap.GetProperty("gap").GetString());
        Assert.Equal("all", gap.GetProperty("channels").GetString());
        Assert.True(gap.GetProperty("ms").GetInt64() >= 0);
        await GetsAllAsync(client, redis);
    }

    [Fact]
    public async Task Disconnect_ByAnOperator_IsForGood()
    {
        await using var host = await HostProcess.StartAsync();
        await using var client = JavaScriptProgram.Start($"ws://{host.EndPoint}/ws", "news");
        var id = (await client.BecomesAsync("open")).GetProperty("id").GetString();
        await client.ExpectAsync("ready");

        using (await host.Admin.PostAsync($"/api/v1/connections/{id}/disconnect", null))
            Assert.Equal(4403, (await client.BecomesAsync("disconnected")).GetProperty("code").GetInt32());
        Assert.Equal("forbidden", (await client.ExpectAsync("error")).GetString());
        await client.SendAsync("""{"publish":["news",1]}""");
        Assert.Equal("forbidden", (await client.ExpectAsync("refused")).GetString());
    }

    private static async Task<HostProcess> StartAsync(RedisServer redis, string name)
    {
        var host = await HostProcess.StartAsync($"--Gateway:Redis:Configuration={redis.Address}", $"--Gateway:Node:Name={name}", "--Gateway:Drain:ReconnectWithin=3s");
        await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK);
        return host;
    }

    /// <summary>The first node, and the second only when that does not answer.</summary>
    private static Task<ProxyProgram> InFrontOfAsync(HostProcess first, HostProcess second) => ProxyProgram.StartHaproxyAsync(
        "tcp", "option httpchk GET /healthz", "option redispatch", $"server first {first.EndPoint} {ReadyAt}", $"server second {second.EndPoint} {ReadyAt} backup");

    /// <summary>Connected, with what it was subscribed to confirmed anew, and told that it may have missed something.</summary>
    private static async Task ComesBackToSecondAsync(JavaScriptProgram client)
    {
        while (true)
        {
            var change = await client.NextAsync("state");
            if (change.GetProperty("state").GetString() != "open")
                continue; // an attempt at a moment when the proxy still thought that the first was there
            Assert.Equal("second", change.GetProperty("node").GetString());
            break;
        }

        var gap = await client.NextAsync();
        Assert.Equal("connection", gap.GetProperty("gap").GetString());
        Assert.Equal("""["news"]""", gap.GetProperty("channels").GetRawText());
    }

    /// <summary>What is published from now on, all of it and in order.</summary>
    private static async Task GetsAllAsync(JavaScriptProgram client, RedisServer redis)
    {
        for (var i = 0; i < 20; i++)
            Assert.Equal(1, await RedisCli.PublishAsync(redis, "news", Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture))));
        for (var i = 0; i < 20; i++)
        {
            var said = await client.NextAsync();
            Assert.True(said.TryGetProperty("data", out var data), said.ToString());
            Assert.Equal(i, data.GetInt32());
        }
    }

    /// <summary>Two answers whose order is nobody's promise.</summary>
    private static async Task<(JsonElement First, JsonElement Data)> BothAsync(JavaScriptProgram client, string first, string second)
    {
        var (one, other) = (await client.NextAsync(), await client.NextAsync());
        if (one.TryGetProperty(second, out _))
            (one, other) = (other, one);
        return (one.GetProperty(first), other.GetProperty("data"));
    }
}
