using Gateway.Core.Brokers;
using Gateway.Integration.Brokers;
using Gateway.Integration.Fixtures;
using static Gateway.Integration.Access.TokenNode;

namespace Gateway.Integration.Access;

/// <summary>Users are sent away and kept out on every node, by whichever broker.</summary>
public abstract class RevocationContract
{
    private static CancellationToken None => CancellationToken.None;

    private static readonly TimeSpan Skew = new Gateway.Auth.JwtOptions().ClockSkew;

    /// <summary>The broker of one more node on the same bus.</summary>
    internal abstract IBroker Create(string node);

    [Fact]
    public async Task Disconnect_OfAUser_EndsItsConnectionsOnEveryNode_AndNobodyElses()
    {
        await using var first = await NodeAsync();
        await using var second = await NodeAsync();
        await using var here = await first.OpenAsync(Backend.Issue("u1"));
        await using var alsoHere = await first.OpenAsync(Backend.Issue("u1"));
        await using var there = await second.OpenAsync(Backend.Issue("u1"));
        await using var other = await second.OpenAsync(Backend.Issue("u2"));

        Assert.Equal(2, await first.Node.Removals.DisconnectUserAsync("u1", None));

        foreach (var client in (WsClient[])[here, alsoHere, there])
            Assert.Equal(4403, (await client.ReceiveCloseAsync()).Code);
        await other.SendTextAsync("""{"type":"ping"}""");
        Assert.Equal("pong", (await other.ReceiveJsonAsync()).GetProperty("type").GetString());
        // It is not kept out.
        await (await second.OpenAsync(Backend.Issue("u1"))).DisposeAsync();
    }

    [Fact]
    public async Task Revocation_OfAUser_EndsOldTokensOnEveryNode_AndLetsNewOnesIn()
    {
        await using var first = await NodeAsync();
        await using var second = await NodeAsync();
        var old = Backend.Issue("u1", ("iat", Gateway.Tests.Auth.TokenIssuer.Now - 5));
        var ageless = Backend.Issue("u1", ("iat", null));
        await using var here = await first.OpenAsync(old);
        await using var there = await second.OpenAsync(ageless);
        await using var other = await second.OpenAsync(Backend.Issue("u2"));

        Assert.NotNull(await first.Node.Removals.RevokeAsync("u1", null, null, None));

        foreach (var client in (WsClient[])[here, there])
            Assert.Equal((4401, "token revoked"), await client.ReceiveCloseAsync());
        foreach (var node in (TestNode[])[first, second])
        {
            foreach (var token in (string[])[old, ageless])
                Assert.Contains("revoked", await node.RefusedAsync(headers: Bearer(token)), StringComparison.Ordinal);
        }

        // As an issuer may have dated it whose clock is ahead.
        Assert.Contains("revoked", await second.RefusedAsync(headers: Bearer(Backend.Issue("u1", ("iat", Gateway.Tests.Auth.TokenIssuer.Now + 10)))), StringComparison.Ordinal);
        // Issued afterwards, whatever the clocks say: by one that is as far ahead as may be, some milliseconds later.
        var later = TimeProvider.System.GetUtcNow().AddMilliseconds(3);
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() > later);
        await using var back = await second.OpenAsync(Backend.Issue("u1", ("iat", later.ToUnixTimeMilliseconds() / 1000d + Skew.TotalSeconds)));
        await back.SendTextAsync($$"""{"type":"refresh","id":1,"token":"{{old}}"}""");
        Assert.Equal("unauthorized", (await back.ReceiveJsonAsync()).GetProperty("code").GetString());
        await other.SendTextAsync("""{"type":"ping"}""");
        Assert.Equal("pong", (await other.ReceiveJsonAsync()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Revocation_OfOneToken_EndsThatOneAlone_AlsoOnANodeThatStartsLater()
    {
        await using var first = await NodeAsync();
        var (one, two) = (Backend.Issue("u1", ("jti", "t1")), Backend.Issue("u1", ("jti", "t2")));
        await using var revoked = await first.OpenAsync(one);
        await using var kept = await first.OpenAsync(two);

        await first.Node.Removals.RevokeAsync(null, "t1", TimeSpan.FromMinutes(5), None);

        Assert.Equal(4401, (await revoked.ReceiveCloseAsync()).Code);
        await kept.SendTextAsync("""{"type":"ping"}""");
        Assert.Equal("pong", (await kept.ReceiveJsonAsync()).GetProperty("type").GetString());
        await using var later = await NodeAsync();
        using var metrics = new MetricsReader(later.Metrics);
        await metrics.BecomesAsync("gateway.revocations", 1);
        Assert.Contains("revoked", await later.RefusedAsync(headers: Bearer(one)), StringComparison.Ordinal);
        await (await later.OpenAsync(two)).DisposeAsync();
    }

    [Fact]
    public async Task User_OnSeveralNodes_IsFoundAndExplained()
    {
        await using var first = await NodeAsync();
        await using var second = await NodeAsync();
        await Eventually.TrueAsync(() => first.Node.Nodes.Count == 2);
        await using var here = await first.OpenAsync(Backend.Issue("u1"));
        await using var there = await second.OpenAsync(Backend.Issue("u1"));
        await there.SubscribeAsync("news");

        var found = await first.Node.Investigator.FindUserAsync("u1", None);
        Assert.Equal((2, 2), (found.Count, found.Connections.Select(connection => connection.Node).Distinct().Count()));
        Assert.All(found.Connections, connection => Assert.Equal("u1", connection.User));

        var explained = await first.Node.Investigator.ExplainUserAsync("news", "u1", None);
        Assert.Empty(explained.Causes);
        Assert.Equal(["not_subscribed", "nothing_published"], explained.Connections.SelectMany(connection => connection.Causes).Select(cause => cause.Code).Order());
        Assert.Equal(["user_not_connected"], (await first.Node.Investigator.ExplainUserAsync("news", "u9", None)).Causes.Select(cause => cause.Code));
    }

    private async Task<TestNode> NodeAsync()
    {
        var name = $"node-{Guid.NewGuid():N}";
        var broker = Create(name);
        var node = await StartAsync(
            options =>
            {
                options.Node.Name = name;
                options.Cluster.AnnounceInterval = TimeSpan.FromMilliseconds(200);
            },
            broker);
        await Eventually.TrueAsync(() => broker.Status.Connected, () => broker.Status.Reason);
        return node;
    }
}

/// <summary>Nodes of one process.</summary>
public sealed class InProcessRevocationTests : RevocationContract
{
    private readonly InProcessBus _bus = new();

    internal override IBroker Create(string node) => new InProcessBroker(_bus);
}

/// <summary>Nodes on a real Redis.</summary>
public sealed class RedisRevocationTests(RedisServer redis) : RevocationContract, IClassFixture<RedisServer>
{
    // Tests share the server: each has names of its own.
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

    internal override IBroker Create(string node) => TestRedisBroker.Create(TestRedisBroker.Options(redis.Address, _prefix), node);
}
