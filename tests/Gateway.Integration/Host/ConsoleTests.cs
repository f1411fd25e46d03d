using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Integration.Clients;
using Gateway.Integration.Fixtures;
using Gateway.Tests.Auth;

namespace Gateway.Integration.Host;

/// <summary>
/// The console page in Chromium; what is done and must be seen is in <c>tests/clients/console/scenarios.mjs</c>. In each scenario the page
/// may break no rule of its Content-Security-Policy and throw nothing.
/// </summary>
public sealed class ConsoleTests(ConsoleBrowser browser) : IClassFixture<ConsoleBrowser>, IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "/realtime")]
    public async Task ClientEndpoint_PlainOrTls_IsOfferedWithItsSchemeAndAClientOfThePageWorks(bool isTls, string basePath)
    {
        string[] tls =
        [
            $"--Gateway:Endpoints:0:Tls:CertificatePath={_certificates.CertificatePath}",
            $"--Gateway:Endpoints:0:Tls:KeyPath={_certificates.KeyPath}",
        ];
        await using var host = await HostProcess.StartAsync(
            [$"--Gateway:BasePath={basePath}", "--Gateway:Rules:0:Pattern=news", "--Gateway:Rules:0:Publish=anyone", "--Gateway:Rules:1:Pattern=secret", "--Gateway:Rules:1:Subscribe=nobody", .. isTls ? tls : []]);
        await browser.PlayAsync("client", host.Admin.BaseAddress!);

        Assert.Equal($"{(isTls ? "wss" : "ws")}://{host.EndPoint}{basePath}/ws", await browser.NextAsync("url"));
        await browser.IsDoneAsync();
    }

    [Theory]
    [InlineData("charts")]
    [InlineData("connection")]
    [InlineData("keyboard")]
    [InlineData("lagging")]
    [InlineData("phone")]
    [InlineData("policy")]
    [InlineData("themes")]
    public async Task Page_OfOneNode_DoesWhatTheScenarioAsks(string scenario)
    {
        await browser.PlayAsync(scenario, await browser.NodeAsync());

        await browser.IsDoneAsync();
    }

    [Fact]
    public async Task Channels_OnThePage_AreListedAsAskedFor()
    {
        await using var host = await HostProcess.StartAsync();
        await using var one = await WsClient.OpenJsonAsync(host.EndPoint);
        await using var other = await WsClient.OpenJsonAsync(host.EndPoint);
        await one.SubscribeAsync("ape");
        await one.SubscribeAsync("zebra");
        await other.SubscribeAsync("zebra");
        await browser.PlayAsync("channels", host.Admin.BaseAddress!);

        await browser.IsDoneAsync();
    }

    [Fact]
    public async Task Key_OfTheAdminSide_IsAskedForAndKept()
    {
        await using var host = await HostProcess.StartAsync("--Gateway:Admin:ApiKey=open-sesame-7f3c1e9a5b2d");
        await browser.PlayAsync("signIn", host.Admin.BaseAddress!, "open-sesame-7f3c1e9a5b2d");

        await browser.IsDoneAsync();
    }

    [Fact]
    public async Task Client_OfANodeThatWantsTokens_ShowsTheOneThatIsGiven()
    {
        var secret = Guid.NewGuid().ToString("N");
        await using var host = await HostProcess.StartAsync("--Gateway:Auth:AllowAnonymous=false", $"--Gateway:Auth:Jwt:HmacKey={secret}");
        await browser.PlayAsync("token", host.Admin.BaseAddress!, TokenIssuer.Hmac(Encoding.ASCII.GetBytes(secret)).Issue("alice"));

        await browser.IsDoneAsync();
    }

    [Fact]
    public async Task Node_ThatDoesNotAnswer_IsMissedAndFoundAgain()
    {
        await using var host = await HostProcess.StartAsync();
        await browser.PlayAsync("away", host.Admin.BaseAddress!);

        Assert.Equal("here", await browser.NextAsync("step"));
        await host.SignalAsync("STOP");
        Assert.Equal("away", await browser.NextAsync("step"));
        await host.SignalAsync("CONT");
        await browser.IsDoneAsync();
    }

    [Fact]
    public async Task Drain_ByThePagesButton_IsSeenLiveAndCalledOff()
    {
        const int clients = 3;
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis, "first");
        await using var second = await StartAsync(redis, "second");
        const string check = "check inter 100ms fall 1 rise 1";
        await using var proxy = await ProxyProgram.StartHaproxyAsync(
            "tcp", "option httpchk GET /healthz", $"server first {first.EndPoint} {check}", $"server second {second.EndPoint} {check} backup");
        var programs = Enumerable.Range(0, clients).Select(_ => JavaScriptProgram.Start($"ws://{proxy.EndPoint}/ws", "news")).ToArray();
        await browser.PlayAsync("drain", first.Admin.BaseAddress!, clients.ToString(CultureInfo.InvariantCulture));

        foreach (var step in (string[])["connected", "draining", "drained", "moved"])
            Assert.Equal(step, await browser.NextAsync("step"));
        await browser.IsDoneAsync();
        foreach (var program in programs)
            await program.DisposeAsync();
    }

    [Fact]
    public async Task Page_BehindALoadBalancer_IsAboutOneNodeAndActsOnIt()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis, "first");
        await using var second = await StartAsync(redis, "second");
        await using var balancer = await StartBalancerAsync(first, second);
        var page = new Uri($"http://{balancer.EndPoint}/");
        await browser.PlayAsync("balanced", page, "first", "second");

        var name = await browser.NextAsync("drained");
        await browser.IsDoneAsync();
        var (drained, other) = name == "first" ? (first, second) : (second, first);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await drained.ReadinessAsync()).Status);
        Assert.Equal(HttpStatusCode.OK, (await other.ReadinessAsync()).Status);

        await browser.PlayAsync("undrained", new Uri(page, $"?node={name}"), name, "first", "second");
        await browser.IsDoneAsync();
    }

    [Fact]
    public async Task Search_BehindALoadBalancer_FindsOnAllNodesAndExplains()
    {
        var secret = Guid.NewGuid().ToString("N");
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis, "first", $"--Gateway:Auth:Jwt:HmacKey={secret}");
        await using var second = await StartAsync(redis, "second", $"--Gateway:Auth:Jwt:HmacKey={secret}");
        await using var balancer = await StartBalancerAsync(first, second);
        await using var anonymous = await WsClient.OpenJsonAsync(first.EndPoint);
        await anonymous.SubscribeAsync("news");
        var token = TokenIssuer.Hmac(Encoding.ASCII.GetBytes(secret)).Issue("alice");
        await using var alice = await WsClient.OpenAsync(second.EndPoint, headers: $"Authorization: Bearer {token}\r\n");
        var id = (await alice.ReceiveJsonAsync()).GetProperty("connection").GetString()!;
        await alice.SubscribeAsync("news");
        // Whoever is asked for all nodes' subscribers asks those that it knows.
        foreach (var host in (HostProcess[])[first, second])
            await Eventually.TrueAsync(async () => (await host.Admin.GetFromJsonAsync<JsonElement>("/api/v1/nodes")).GetProperty("nodes").GetArrayLength() == 2);
        await browser.PlayAsync("search", new Uri($"http://{balancer.EndPoint}/"), "alice", id);

        await browser.IsDoneAsync();
    }

    [Fact]
    public async Task Rules_AndTokens_AreTriedAndTakenBackOnThePage()
    {
        await using var host = await HostProcess.StartAsync(
            $"--Gateway:Auth:Jwt:HmacKey={Guid.NewGuid():N}", "--Gateway:Rules:0:Pattern=own:{sub}", "--Gateway:Rules:0:Subscribe=authenticated");
        await browser.PlayAsync("rules", host.Admin.BaseAddress!);

        await browser.IsDoneAsync();
    }

    [Fact]
    public async Task Charts_OfANodeThatWasNotWatched_ShowWhatItRemembers()
    {
        await using var host = await HostProcess.StartAsync();
        await using var client = await WsClient.OpenJsonAsync(host.EndPoint);
        await Eventually.TrueAsync(async () => (await host.Admin.GetFromJsonAsync<JsonElement>("/api/v1/traffic")).GetProperty("points").GetArrayLength() >= 3);
        await browser.PlayAsync("past", host.Admin.BaseAddress!);

        await browser.IsDoneAsync();
    }

    [Fact]
    public async Task Page_BehindAPathOfAnIngress_FindsItsFilesAndTheApi()
    {
        await using var host = await HostProcess.StartAsync();
        await using var proxy = await ProxyProgram.StartNginxAsync(
            "rewrite ^/ops/(.*)$ /$1 break;", "if ($uri !~ ^/ops/) { return 404; }", "proxy_set_header Host $http_host;", $"proxy_pass http://127.0.0.1:{host.Admin.BaseAddress!.Port};");
        await browser.PlayAsync("connection", new Uri($"http://{proxy.EndPoint}/ops/"));

        await browser.IsDoneAsync();
    }

    /// <summary>Each connection to the admin side goes to the next node.</summary>
    private static Task<ProxyProgram> StartBalancerAsync(HostProcess first, HostProcess second) => ProxyProgram.StartHaproxyAsync(
        "tcp", "balance roundrobin", $"server first 127.0.0.1:{first.Admin.BaseAddress!.Port}", $"server second 127.0.0.1:{second.Admin.BaseAddress!.Port}");

    private static async Task<HostProcess> StartAsync(RedisServer redis, string name, params string[] more)
    {
        // Long enough for the proxy to take the node out before its clients come back.
        var host = await HostProcess.StartAsync([$"--Gateway:Redis:Configuration={redis.Address}", $"--Gateway:Node:Name={name}", "--Gateway:Drain:UnreadyDelay=2s", .. more]);
        await Eventually.TrueAsync(async () => (await host.ReadinessAsync()).Status == HttpStatusCode.OK);
        return host;
    }
}
