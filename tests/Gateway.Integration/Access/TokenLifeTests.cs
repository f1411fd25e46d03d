using System.Text.Json;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;
using static Gateway.Integration.Access.TokenNode;

namespace Gateway.Integration.Access;

/// <summary>A connection lives as long as its token, or as the one that takes its place.</summary>
public sealed class TokenLifeTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(125);

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Welcome_SaysHowLongTheTokenIsGood()
    {
        await using var node = await NodeAsync();
        await using var limited = await WsClient.OpenAsync(node.EndPoint, headers: Bearer(Issue(3600)));
        await using var endless = await WsClient.OpenAsync(node.EndPoint, headers: Bearer(Backend.Issue("u1", ("exp", null), ("iat", null))));

        Assert.InRange((await limited.ReceiveJsonAsync()).GetProperty("expires_in").GetInt64(), 3598, 3600);
        Assert.False((await endless.ReceiveJsonAsync()).TryGetProperty("expires_in", out _));
    }

    [Fact]
    public async Task Token_AboutToExpire_IsToldOnce_AndThenTheConnectionEnds()
    {
        await using var node = await NodeAsync();
        await using (var client = await node.OpenAsync(Issue(60)))
        {
            Advance(28);
            await SilentAsync(client);
            Advance(4);
            var warning = await client.ReceiveJsonAsync();
            Assert.Equal("expiring", warning.GetProperty("type").GetString());
            Assert.InRange(warning.GetProperty("in_ms").GetInt64(), 1, 30_000);
            Advance(10);
            await SilentAsync(client); // not told again
            Advance(20);

            Assert.Equal((4409, "token expired"), await client.ReceiveCloseAsync());
        }

        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Token_Refreshed_KeepsTheConnection_AndIsToldOfAgain()
    {
        await using var node = await NodeAsync();
        await using var client = await node.OpenAsync(Issue(60));
        await client.SubscribeAsync("news");
        Advance(40);
        Assert.Equal("expiring", Type(await client.ReceiveJsonAsync()));

        var ok = await RefreshAsync(client, Issue(100));

        Assert.Equal(("ok", 5), (Type(ok), ok.GetProperty("id").GetInt32()));
        Assert.InRange(ok.GetProperty("expires_in").GetInt64(), 98, 100);
        Advance(45); // beyond the first one's end
        await node.Node.Publisher.PublishAsync(Core.Channels.ChannelName.Parse("news"), "1"u8.ToArray(), Core.Relay.PublicationSource.Api, CancellationToken.None);
        Assert.Equal("message", Type(await client.ReceiveJsonAsync()));
        Advance(40);
        Assert.Equal("expiring", Type(await client.ReceiveJsonAsync()));
        Advance(17);
        Assert.Equal(4409, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Refresh_WithATokenThatIsNoGood_ChangesNothing()
    {
        await using var node = await NodeAsync();
        using var metrics = new MetricsReader(node.Metrics);
        await using var client = await node.OpenAsync(Issue(60));

        foreach (var (token, code) in ((string, string)[])[(Issue(600, "u2"), "forbidden"), (Stranger.Issue("u1"), "unauthorized"), (Issue(-1), "unauthorized"), ("x", "unauthorized"), (new string('x', 9000), "unauthorized")])
        {
            var error = await RefreshAsync(client, token);
            Assert.Equal(("error", 5, code), (Type(error), error.GetProperty("id").GetInt32(), error.GetProperty("code").GetString()));
            Assert.NotEmpty(error.GetProperty("message").GetString()!);
        }

        await client.SendTextAsync("""{"type":"refresh","id":5}""");
        Assert.Equal("bad_request", (await client.ReceiveJsonAsync()).GetProperty("code").GetString());
        Assert.Equal((1, 4), (metrics["gateway.token.refreshes{result=forbidden}"], metrics["gateway.token.refreshes{result=unauthorized}"]));
        Assert.Equal(["u1"], node.Connections.Users.All().Select(connection => connection.Identity.Subject));
        Advance(61);
        Assert.Equal(4409, (await client.ReceiveCloseAsync()).Code);
    }

    /// <summary>A signature costs as much as many pings: a client that sends tokens without end has few of them looked at, and is told.</summary>
    [Fact]
    public async Task Refresh_MoreOftenThanMayBe_IsNotLookedAt()
    {
        await using var node = await NodeAsync();
        using var metrics = new MetricsReader(node.Metrics);
        await using var client = await node.OpenAsync(Issue(600));

        for (var i = 0; i < 10; i++)
            Assert.Equal("unauthorized", (await RefreshAsync(client, Stranger.Issue("u1"))).GetProperty("code").GetString());
        foreach (var token in (string[])[Stranger.Issue("u1"), Issue(900)])
            Assert.Equal("rate_limited", (await RefreshAsync(client, token)).GetProperty("code").GetString());

        Assert.Equal((10, 2), (metrics["gateway.token.refreshes{result=unauthorized}"], metrics["gateway.token.refreshes{result=rate_limited}"]));
        Assert.Equal(2, metrics["gateway.limits.reached{limit=refreshes}"]);
        Advance(8); // ten a minute: the next one after six seconds
        Assert.Equal("ok", Type(await RefreshAsync(client, Issue(900))));
    }

    [Fact]
    public async Task Refresh_OfAnAnonymousClient_IsForbidden()
    {
        await using var node = await NodeAsync(allowAnonymous: true);
        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);

        Assert.Equal("forbidden", (await RefreshAsync(client, Issue(60))).GetProperty("code").GetString());
        Assert.Equal("forbidden", (await RefreshAsync(client, "x")).GetProperty("code").GetString()); // not looked at
        Assert.Equal(0, node.Connections.Users.Count);
    }

    /// <summary>As docs/protocol.md says it: not before the token's last moment, and within a second after.</summary>
    [Theory]
    [InlineData("/")]
    [InlineData("/plain/news")]
    public async Task Token_Expired_EndsTheConnectionWithinASecond(string path)
    {
        await using var node = await NodeAsync();
        await using var client = await WsClient.OpenAsync(node.EndPoint, path, Bearer(Issue(60)));
        var left = node.Connections.Users.All().Single().ExpiresIn!.Value;

        Advance(left.TotalSeconds - 0.25);
        Assert.Equal(1, node.Connections.Users.Count);
        Advance(1.25);

        Assert.Equal(0, node.Connections.Users.Count);
        Assert.Equal(4409, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Token_ThatIsShorterThanTheWarning_IsToldOfWithinASecond()
    {
        await using var node = await NodeAsync();
        await using var client = await node.OpenAsync(Issue(20));

        Advance(1);

        Assert.InRange((await client.ReceiveJsonAsync()).GetProperty("in_ms").GetInt64(), 18_000, 20_000);
    }

    [Fact]
    public async Task PlainClient_EndsWithItsToken()
    {
        await using var node = await NodeAsync();
        await using var client = await WsClient.OpenAsync(node.EndPoint, "/plain/news", Bearer(Issue(60)));

        Advance(59);
        await client.SendAsync(Opcode.Ping, "?"u8);
        Assert.Equal(Opcode.Pong, (await client.ReceiveAsync())!.Value.Opcode); // and no text before it: there is no place for a warning
        Advance(3);

        Assert.Equal(4409, (await client.ReceiveCloseAsync()).Code);
    }

    /// <summary>Without pings: these clients answer none.</summary>
    private Task<TestNode> NodeAsync(bool allowAnonymous = false) => StartAsync(
        options =>
        {
            options.Auth.AllowAnonymous = allowAnonymous;
            options.Heartbeat.Interval = TimeSpan.FromHours(1);
        },
        time: _time);

    private string Issue(int seconds, string user = "u1") => Backend.Issue(user, ("exp", _time.GetUtcNow().ToUnixTimeSeconds() + seconds));

    private static string? Type(JsonElement message) => message.GetProperty("type").GetString();

    private static async Task<JsonElement> RefreshAsync(WsClient client, string token)
    {
        await client.SendTextAsync($$"""{"type":"refresh","id":5,"token":"{{token}}"}""");
        return await client.ReceiveJsonAsync();
    }

    private static async Task SilentAsync(WsClient client)
    {
        await client.SendTextAsync("""{"type":"ping"}""");
        Assert.Equal("pong", Type(await client.ReceiveJsonAsync()));
    }

    /// <summary>A round of the heartbeat at a time: each connection is visited.</summary>
    private void Advance(double seconds)
    {
        for (var tick = 0; tick < seconds * 8; tick++)
            _time.Advance(Tick);
    }
}
