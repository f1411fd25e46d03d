using System.Globalization;
using System.Net;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Proxies;

/// <summary>Real proxies in front of a node, configured as docs/operations.md says: haproxy in both of its modes, nginx.</summary>
public sealed class PublishedProxyTests
{
    // Often, so that a test need not wait for it; on a busy machine one that comes too late must not take the server out.
    private const string Check = "check inter 50ms fall 1000";

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c,unique-id,authority")]
    public async Task Haproxy_PassingTcp_TellsTheClientsAddress(string sendProxy)
    {
        await using var node = await StartAsync(proxyProtocol: true);
        await using var proxy = await ProxyProgram.StartHaproxyAsync("tcp", Server(node) + " " + sendProxy);

        await using var ws = await WsClient.OpenAsync(proxy.EndPoint);

        Assert.Equal(ws.LocalEndPoint.ToString(), await RemoteAddressAsync(node, ws));
        await ExpectEchoAsync(proxy.EndPoint);
    }

    [Fact]
    public async Task Haproxy_CheckingWithTheHeader_FindsTheNodeHealthy()
    {
        await using var node = await StartAsync(proxyProtocol: true);
        // LOCAL in front of each check.
        await using var proxy = await ProxyProgram.StartHaproxyAsync(
            "tcp", "option httpchk GET /healthz", Server(node) + " send-proxy-v2 " + Check);
        var answered = new CounterReading(node.Metrics.Handshakes);

        await Eventually.TrueAsync(() => answered.Value > 3);

        await ExpectEchoAsync(proxy.EndPoint);
        Assert.DoesNotContain(node.Logs.Lines, line => line.Message.Contains("refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Haproxy_SpeakingHttp_ForwardsForTheClient()
    {
        await using var node = await StartAsync();
        await using var proxy = await ProxyProgram.StartHaproxyAsync(
            "http", "option forwardfor", "option httpchk GET /healthz", Server(node) + " " + Check);

        // What a client claims stands before what haproxy adds.
        await using var ws = await WsClient.OpenAsync(proxy.EndPoint, headers: "X-Forwarded-For: 6.6.6.6\r\n", configure: BindToAnotherLoopback);

        Assert.Equal("127.0.0.7", await RemoteAddressAsync(node, ws));
        await ExpectEchoAsync(proxy.EndPoint);
        using var http = new HttpClient();
        Assert.Contains("WebSocket", await http.GetStringAsync(new Uri($"http://{proxy.EndPoint}/")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await http.GetAsync(new Uri($"http://{proxy.EndPoint}/ws"))).StatusCode);
    }

    [Fact]
    public async Task Nginx_WithUpgrade_ForwardsForTheClient()
    {
        await using var node = await StartAsync();
        await using var proxy = await ProxyProgram.StartNginxAsync(
            $"proxy_pass http://{node.EndPoint};",
            "proxy_http_version 1.1;",
            "proxy_set_header Host $http_host;",
            "proxy_set_header Upgrade $http_upgrade;",
            "proxy_set_header Connection upgrade;",
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;");

        await using var ws = await WsClient.OpenAsync(proxy.EndPoint, headers: "X-Forwarded-For: 6.6.6.6\r\n", configure: BindToAnotherLoopback);

        Assert.Equal("127.0.0.7", await RemoteAddressAsync(node, ws));
        await ExpectEchoAsync(proxy.EndPoint);
        using var http = new HttpClient();
        Assert.Equal("ready\n", await http.GetStringAsync(new Uri($"http://{proxy.EndPoint}/healthz")));
    }

    /// <summary>nginx speaks HTTP/1.0 and drops Upgrade unless told otherwise: its pages come, and a WebSocket client is told what is wrong.</summary>
    [Fact]
    public async Task Nginx_WithoutUpgrade_ServesPagesAndSaysWhatIsMissing()
    {
        await using var node = await StartAsync();
        await using var proxy = await ProxyProgram.StartNginxAsync($"proxy_pass http://{node.EndPoint};");
        using var http = new HttpClient();

        Assert.Contains("WebSocket", await http.GetStringAsync(new Uri($"http://{proxy.EndPoint}/")), StringComparison.Ordinal);
        await using var ws = await WsClient.ConnectAsync(proxy.EndPoint);
        await ws.SendRawAsync(WsClient.UpgradeRequest());

        Assert.StartsWith("HTTP/1.1 400 ", await ws.ReceiveHeadAsync(), StringComparison.Ordinal);
        Assert.Contains(node.Logs.Lines, line => line.Message.Contains("the version must be HTTP/1.1", StringComparison.Ordinal));
    }

    private static Task<TestNode> StartAsync(bool proxyProtocol = false) => TestNode.StartAsync(options =>
    {
        options.Endpoints[0].ProxyProtocol = proxyProtocol;
        // The proxies' own address alone, so that a client at another one of loopback is told from them.
        options.TrustedProxies.Add("127.0.0.1/32");
    });

    private static void BindToAnotherLoopback(System.Net.Sockets.Socket socket) => socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.7"), 0));

    private static string Server(TestNode node) => string.Create(CultureInfo.InvariantCulture, $"server node {node.EndPoint}");

    private static async Task<string?> RemoteAddressAsync(TestNode node, WsClient ws)
    {
        var welcome = await ws.ReceiveJsonAsync();
        return (await node.Node.Facts.FindConnectionAsync(welcome.GetProperty("connection").GetString()!, 1000))!.RemoteAddress;
    }

    private static async Task ExpectEchoAsync(IPEndPoint endPoint)
    {
        await using var ws = await WsClient.OpenAsync(endPoint, "/echo");
        var large = new byte[300_000];
        new Random(1).NextBytes(large);
        await ws.SendTextAsync("hello");
        await ws.SendAsync(Opcode.Binary, large);

        Assert.Equal("hello", Encoding.UTF8.GetString((await ws.ReceiveAsync())!.Value.Payload));
        Assert.Equal(large, (await ws.ReceiveAsync())!.Value.Payload);
        await ws.SendAsync(Opcode.Close, [0x03, 0xE8]);
        Assert.Equal((1000, ""), await ws.ReceiveCloseAsync());
    }
}
