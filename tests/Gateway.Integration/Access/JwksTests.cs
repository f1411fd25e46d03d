using System.Collections.Concurrent;
using Gateway.Auth;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;
using Gateway.Tests.Auth;
using Microsoft.Extensions.Logging;
using static Gateway.Integration.Access.TokenNode;

namespace Gateway.Integration.Access;

/// <summary>Keys of a JWK Set over HTTP: they rotate, the issuer goes away, and made-up tokens are no load for it.</summary>
public sealed class JwksTests : IAsyncDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly LogRecorder _logs = new();
    private readonly List<JwksSource> _sources = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources)
        {
            await source.StopAsync(CancellationToken.None);
            source.Dispose();
        }

        _metrics.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task Key_OfTheSet_LetsItsTokensIn_OfEachKind()
    {
        TokenIssuer[] issuers = [TokenIssuer.Rsa(keyId: "r"), TokenIssuer.Ec(keyId: "e"), TokenIssuer.Rsa("PS384", keyId: "p"), TokenIssuer.Ec("ES512")];
        await using var server = await JwksServer.StartAsync(issuers);
        await using var node = await NodeAsync(server);

        foreach (var issuer in issuers)
            await (await node.OpenAsync(issuer.Issue("u1"))).DisposeAsync();
        Assert.Contains("signature", await node.RefusedAsync(headers: Bearer(TokenIssuer.Rsa(keyId: "r").Issue("u1"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_NeverFetched_IsUnavailable_UntilTheIssuerIsThere()
    {
        var issuer = TokenIssuer.Rsa(keyId: "k1");
        await using var server = await JwksServer.StartAsync(issuer);
        await server.GoAwayAsync();
        await using var node = await NodeAsync(server, waits: false);
        using var metrics = new MetricsReader(_metrics);
        await metrics.BecomesAsync("gateway.token.keys.reloads{result=failed,source=jwks}", 1);

        var answer = await node.RefusedAsync(headers: Bearer(issuer.Issue("u1")));
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("Retry-After: ", answer, StringComparison.Ordinal);

        await server.ComeBackAsync();
        await Eventually.TrueAsync(() => _sources[0].Keys is not null);
        await (await node.OpenAsync(issuer.Issue("u1"))).DisposeAsync();
    }

    [Fact]
    public async Task Key_ThatIsNew_IsFetchedWhenATokenNamesIt_AndOneThatIsGone_IsNoMoreTrusted()
    {
        var (old, young) = (TokenIssuer.Rsa(keyId: "old"), TokenIssuer.Ec(keyId: "young"));
        await using var server = await JwksServer.StartAsync(old);
        await using var node = await NodeAsync(server);

        server.Publish(old, young);
        await (await node.OpenAsync(young.Issue("u1"))).DisposeAsync();
        await (await node.OpenAsync(old.Issue("u1"))).DisposeAsync();
        Assert.Equal(2, server.Requests);

        server.Publish(young);
        Assert.True(await _sources[0].FetchAsync());
        Assert.StartsWith("HTTP/1.1 401 ", await node.RefusedAsync(headers: Bearer(old.Issue("u1"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MadeUpKeys_AreNoLoadForTheIssuer()
    {
        const int Tokens = 300;
        var issuer = TokenIssuer.Rsa(keyId: "k1");
        await using var server = await JwksServer.StartAsync(issuer);
        await using var node = await NodeAsync(server, cooldown: TimeSpan.FromMilliseconds(500));
        var stranger = TokenIssuer.Ec(keyId: "unknown");
        var before = TimeProvider.System.GetTimestamp();

        var answers = await Task.WhenAll(Enumerable.Range(0, Tokens).Select(_ => node.RefusedAsync(headers: Bearer(stranger.Issue("u1")))));

        Assert.All(answers, answer => Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal));
        // One at the start and one each cooldown, however long this machine has taken for it, and one that just began.
        var cooldowns = TimeProvider.System.GetElapsedTime(before) / TimeSpan.FromMilliseconds(500);
        Assert.InRange(server.Requests, 2, 3 + (int)cooldowns);
    }

    [Fact]
    public async Task Answer_ThatIsNoJwkSet_OrTooLarge_KeepsTheKeysThatThereAre()
    {
        var issuer = TokenIssuer.Rsa(keyId: "k1");
        await using var server = await JwksServer.StartAsync(issuer);
        await using var node = await NodeAsync(server);

        foreach (var body in (string[])["", "hello", "{}", """{"keys":[]}""", TokenIssuer.JwkSet(issuer) + new string(' ', JwksFetcher.MaxBytes)])
        {
            server.PublishRaw(body);
            Assert.False(await _sources[0].FetchAsync());
            await (await node.OpenAsync(issuer.Issue("u1"))).DisposeAsync();
        }

        // Within the same minute it is said once.
        Assert.Single(_logs.Lines, line => line.Level == LogLevel.Warning);
    }

    /// <summary>Hundreds come at once, all the time, while keys rotate and the issuer goes away and comes back.</summary>
    [Fact]
    public async Task Rotation_AndOutage_UnderLoad_RefuseNoGoodClient_AndLetNoOtherIn()
    {
        const int Clients = 150;
        var current = new ConcurrentQueue<TokenIssuer>([TokenIssuer.Ec(keyId: "k0")]);
        var stranger = TokenIssuer.Ec(keyId: "k0"); // with the name of a key that is trusted
        await using var server = await JwksServer.StartAsync([.. current]);
        await using var node = await NodeAsync(server);
        using var isOver = new CancellationTokenSource();
        var (good, bad) = (0, 0);
        var wrong = new ConcurrentQueue<string>();

        var load = Enumerable.Range(0, Clients).Select(index => Task.Run(async () =>
        {
            while (!isOver.IsCancellationRequested)
            {
                var isGood = index % 3 != 0;
                var issuers = current.ToArray();
                var token = (isGood ? issuers[index % issuers.Length] : stranger).Issue($"u{index}");
                await using var client = await WsClient.ConnectAsync(node.EndPoint);
                await client.SendRawAsync(WsClient.UpgradeRequest(headers: Bearer(token)));
                var status = (await client.ReceiveHeadAsync()).Split(' ')[1];
                if (status != (isGood ? "101" : "401"))
                    wrong.Enqueue($"{(isGood ? "good" : "bad")} {status}");
                Interlocked.Increment(ref isGood ? ref good : ref bad);
            }
        })).ToArray();

        for (var rotation = 1; rotation <= 3; rotation++)
        {
            await ServedAsync(Clients);
            // A new key is published, and then used.
            var next = TokenIssuer.Ec(keyId: $"k{rotation}");
            server.Publish([.. current, next]);
            current.Enqueue(next);
            await ServedAsync(Clients);
            // Nobody can know a key that is published while nobody can fetch it: the node has it before the issuer goes.
            Assert.True(await _sources[0].FetchAsync());
            await server.GoAwayAsync();
            Assert.False(await _sources[0].FetchAsync());
            await ServedAsync(Clients);
            await server.ComeBackAsync();
            Assert.True(await _sources[0].FetchAsync());
        }

        await isOver.CancelAsync();
        await Task.WhenAll(load);
        Assert.Empty(wrong.GroupBy(answer => answer).Select(group => $"{group.Key} {group.Count()}"));
        Assert.True(good > 0 && bad > 0);
        Assert.DoesNotContain(node.Logs.Lines, line => line.Level >= LogLevel.Error);
        await node.ReturnsToBaselineAsync();

        // As many as there are clients have come and gone since; each kind among them.
        Task ServedAsync(int count)
        {
            var (goodThen, badThen) = (Volatile.Read(ref good), Volatile.Read(ref bad));
            return Eventually.TrueAsync(() => Volatile.Read(ref good) >= goodThen + count && Volatile.Read(ref bad) > badThen);
        }
    }

    private async Task<TestNode> NodeAsync(JwksServer server, bool waits = true, TimeSpan? cooldown = null)
    {
        var options = new JwtOptions { JwksUri = server.Uri, JwksCooldown = cooldown ?? TimeSpan.FromMilliseconds(200), JwksRefresh = TimeSpan.FromHours(1) };
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        var source = new JwksSource(options, _metrics, TimeProvider.System, factory.CreateLogger<JwksSource>());
        _sources.Add(source);
        await source.StartAsync(CancellationToken.None);
        if (waits)
            await Eventually.TrueAsync(() => source.Keys is not null);
        var validator = new JwtValidator(options, new JwtKeys(options, source, _metrics, TimeProvider.System, _logs), TimeProvider.System);
        return await TestNode.StartAsync(node => node.Auth.AllowAnonymous = false, validator: validator);
    }
}
