using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Integration.Access;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Connections;

/// <summary>How many connections a user may have on a node: checked and counted in one step, before the upgrade is answered.</summary>
public sealed class UserConnectionsTests
{
    [Fact]
    public async Task Connections_AboveTheMaximum_AreRefused_AndNoOtherUserIs()
    {
        await using var node = await StartAsync(most: 2);
        using var metrics = new MetricsReader(node.Metrics);
        await using (var one = await node.OpenAsync(Token()))
        await using (var two = await node.OpenAsync(Token()))
        {
            var refused = await node.RefusedAsync(headers: TokenNode.Bearer(Token()));

            Assert.StartsWith("HTTP/1.1 429 Too Many Requests\r\n", refused, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: ", refused, StringComparison.Ordinal);
            Assert.EndsWith("\r\n\r\nThis user has as many connections as it may have.\n", refused, StringComparison.Ordinal);
            await using var other = await node.OpenAsync(Token("u2"));
            await one.SendTextAsync("""{"type":"ping"}""");
            Assert.Equal("pong", (await one.ReceiveJsonAsync()).GetProperty("type").GetString());
        }

        Assert.Equal((1, 1), (metrics["gateway.limits.reached{limit=user_connections}"], node.Metrics.LimitsReached.Total));
        Assert.Equal(1, metrics["gateway.handshakes{result=429}"]);
        Assert.Single(node.Logs.Lines, line => line.Message.Contains("has reached Gateway:Limits:MaxConnectionsPerUser", StringComparison.Ordinal));
        await node.ReturnsToBaselineAsync();
        Assert.Equal(0, node.Connections.Users.Count);
    }

    /// <summary>Not when its socket is gone: a page that is loaded anew is there before.</summary>
    [Fact]
    public async Task Place_OfAConnectionThatCloses_IsFreeAtOnce()
    {
        await using var node = await StartAsync(most: 1);
        await using var leaving = await node.OpenAsync(Token());
        await leaving.SendAsync(Opcode.Close, [3, 232]);
        Assert.Equal(1000, (await leaving.ReceiveCloseAsync()).Code);

        await using var silent = await node.OpenAsync(Token());
        await node.Node.Removals.DisconnectUserAsync("u1", CancellationToken.None); // which it does not answer
        await using var lost = await node.OpenAsync(Token());
        lost.Socket.Close(timeout: 0); // a reset
        await Eventually.TrueAsync(() => node.Connections.Users.Count == 0);

        await using var last = await node.OpenAsync(Token());
        Assert.Equal(0, node.Metrics.LimitsReached.Total);
        Assert.Single(node.Connections.Users.Of("u1"));
    }

    [Fact]
    public async Task Handshakes_ManyAtTheSameMoment_NeverGetMorePlacesThanThereAre()
    {
        const int Most = 3;
        await using var node = await StartAsync(Most);
        using var metrics = new MetricsReader(node.Metrics);
        var headers = TokenNode.Bearer(Token());
        var (open, accepted, refused) = (0, 0, 0);
        var mostOpen = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var round = 0; round < 25; round++)
            {
                await using var client = await WsClient.ConnectAsync(node.EndPoint);
                await client.SendRawAsync(WsClient.UpgradeRequest(headers: headers));
                if ((await client.ReceiveHeadAsync()).StartsWith("HTTP/1.1 429 ", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }

                Interlocked.Increment(ref accepted);
                InterlockedMax(ref mostOpen, Interlocked.Increment(ref open));
                Assert.Equal("welcome", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());
                Interlocked.Decrement(ref open); // before it leaves
                await client.SendAsync(Opcode.Close, [3, 232]);
                Assert.Equal(1000, (await client.ReceiveCloseAsync()).Code);
            }
        })));

        Assert.InRange(mostOpen, 1, Most);
        Assert.Equal(16 * 25, accepted + refused);
        Assert.InRange(refused, 1, int.MaxValue);
        Assert.Equal(refused, metrics["gateway.limits.reached{limit=user_connections}"]);
        Assert.Equal(accepted, metrics["gateway.handshakes{result=accepted}"]);
        await node.ReturnsToBaselineAsync();
        Assert.Equal(0, node.Connections.Users.Count);
    }

    /// <summary>Verdicts that come later, and together: each is followed on a thread of its own.</summary>
    [Fact]
    public async Task Handshakes_AnsweredByTheBackendAtOneMoment_GetAsManyPlacesAsThereAre()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var backend = new ScriptedAuthorizer { Answering = _ => answer.Task };
        await using var node = await TokenNode.StartAsync(
            options =>
            {
                options.Limits.MaxConnectionsPerUser = 2;
                options.Rules.Add(new RuleOptions { Pattern = "ask:*", Subscribe = RuleAudience.Authorizer });
            },
            authorizer: backend);
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WsClient.ConnectAsync(node.EndPoint)));
        foreach (var client in clients)
            await client.SendRawAsync(WsClient.UpgradeRequest("/plain/ask:yes", TokenNode.Bearer(Token())));
        await Eventually.TrueAsync(() => backend.Asked == clients.Length);
        Assert.Equal(0, node.Connections.Users.Count); // who waits for a verdict has no place yet

        answer.SetResult();
        var heads = await Task.WhenAll(clients.Select(client => client.ReceiveHeadAsync()));

        Assert.Equal(2, heads.Count(head => head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal)));
        Assert.Equal(6, heads.Count(head => head.StartsWith("HTTP/1.1 429 ", StringComparison.Ordinal)));
        foreach (var client in clients)
            await client.DisposeAsync();
        await node.ReturnsToBaselineAsync();
        Assert.Equal(0, node.Connections.Users.Count);
    }

    [Theory]
    [InlineData(5, 1, 1)] // fewer than the node's
    [InlineData(1, 3, 3)] // more
    [InlineData(0, 2, 2)] // the node has none
    public async Task Maximum_OfTheToken_ComesFirst(int nodes, int tokens, int places)
    {
        await using var node = await StartAsync(nodes);
        var token = Token("u1", connections: tokens);
        var clients = await Task.WhenAll(Enumerable.Range(0, places).Select(_ => node.OpenAsync(token)));

        Assert.StartsWith("HTTP/1.1 429 ", await node.RefusedAsync(headers: TokenNode.Bearer(token)), StringComparison.Ordinal);
        await using (await node.OpenAsync(Token("u1", connections: 0))) // any number
            Assert.Equal(places + 1, node.Connections.Users.Of("u1").Length);

        foreach (var client in clients)
            await client.DisposeAsync();
    }

    /// <summary>Nobody knows whether they are one: their limit is the address's.</summary>
    [Fact]
    public async Task AnonymousClients_AreNotCounted()
    {
        await using var node = await TokenNode.StartAsync(options =>
        {
            options.Auth.AllowAnonymous = true;
            options.Limits.MaxConnectionsPerUser = 1;
        });
        await using var user = await node.OpenAsync(Token());

        var clients = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WsClient.OpenJsonAsync(node.EndPoint)));
        await using (await WsClient.OpenAsync(node.EndPoint, "/echo", TokenNode.Bearer(Token()))) // which asks nobody who they are
            Assert.Equal(1, node.Connections.Users.Count);

        Assert.Equal(0, node.Metrics.LimitsReached.Total);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Refresh_KeepsThePlace_AndTakesNoOther()
    {
        await using var node = await StartAsync(most: 2);
        await using var one = await node.OpenAsync(Token());
        var two = await node.OpenAsync(Token());

        foreach (var token in (string[])[Token(), Token("u1", connections: 1)]) // also where the new token would allow fewer than there are
        {
            await one.SendTextAsync($$"""{"type":"refresh","token":"{{token}}"}""");
            Assert.Equal("ok", (await one.ReceiveJsonAsync()).GetProperty("type").GetString());
        }

        Assert.Equal(2, node.Connections.Users.Of("u1").Length);
        Assert.StartsWith("HTTP/1.1 429 ", await node.RefusedAsync(headers: TokenNode.Bearer(Token())), StringComparison.Ordinal);
        await two.DisposeAsync();
        await Eventually.TrueAsync(() => node.Connections.Users.Of("u1").Length == 1);
        await using var three = await node.OpenAsync(Token());
        Assert.StartsWith("HTTP/1.1 429 ", await node.RefusedAsync(headers: TokenNode.Bearer(Token())), StringComparison.Ordinal);
    }

    private static Task<TestNode> StartAsync(int most) => TokenNode.StartAsync(options => options.Limits.MaxConnectionsPerUser = most);

    private static string Token(string user = "u1", int? connections = null) =>
        TokenNode.Backend.Issue(user, ("limits", connections is null ? null : new { connections }));

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
