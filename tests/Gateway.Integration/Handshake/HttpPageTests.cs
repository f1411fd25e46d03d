using System.Globalization;
using System.Net;
using System.Text;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Handshake;

/// <summary>Plain HTTP on a client endpoint: pages, errors, and the end of the connection after each.</summary>
public sealed class HttpPageTests
{
    [Fact]
    public async Task Root_InABrowser_SaysWhatThisIs()
    {
        await using var node = await TestNode.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{node.EndPoint}") };

        using var response = await http.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.ConnectionClose);
        Assert.NotNull(response.Headers.Date);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal(Encoding.UTF8.GetByteCount(page), response.Content.Headers.ContentLength);
        Assert.Contains("new WebSocket(", page, StringComparison.Ordinal);
        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/?a=b", 200)]
    [InlineData("/healthz", 200)]
    [InlineData("/healthz/", 200)]
    [InlineData("/ws", 426)]
    [InlineData("/echo", 426)]
    [InlineData("/plain/news", 426)]
    [InlineData("/plain", 404)]
    [InlineData("/index.html", 404)]
    [InlineData("/healthz//", 404)]
    [InlineData("/ws/", 426)]
    [InlineData("//", 404)]
    public async Task Path_ByGetAndByHead_HasTheSameAnswer(string path, int status)
    {
        await using var node = await TestNode.StartAsync();

        var get = await AskAsync(node, $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        var head = await AskAsync(node, $"HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), get.Head, StringComparison.Ordinal);
        Assert.Equal(WithoutDate(get.Head), WithoutDate(head.Head));
        Assert.NotEmpty(get.Content);
        Assert.Empty(head.Content);
        Assert.Contains($"\r\nContent-Length: {Encoding.UTF8.GetByteCount(get.Content)}\r\n", get.Head, StringComparison.Ordinal);
        Assert.Equal(status == 426, get.Head.Contains("\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n", StringComparison.Ordinal));
        Assert.Equal(status != 426, get.Head.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_OfANodeThatStops_Is503()
    {
        var time = new FakeTimeProvider();
        await using var node = await TestNode.StartAsync(options => options.Drain.UnreadyDelay = TimeSpan.FromSeconds(10), time: time);
        Assert.StartsWith("HTTP/1.1 200 ", (await AskAsync(node, "GET /healthz HTTP/1.0\r\n\r\n")).Head, StringComparison.Ordinal);

        var stopping = node.Server.StopAsync(CancellationToken.None);

        var (head, content) = await AskAsync(node, "GET /healthz HTTP/1.0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 ", head, StringComparison.Ordinal);
        Assert.Equal("not ready\n", content);
        while (!stopping.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stopping;
    }

    [Fact]
    public async Task Probe_OfALoadBalancer_CountsAsHealth_AndAsNoArrivalAndNoPage()
    {
        await using var node = await TestNode.StartAsync();
        using var metrics = new MetricsReader(node.Metrics);

        for (var i = 0; i < 3; i++)
            await AskAsync(node, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
        await AskAsync(node, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await (await WsClient.ConnectAsync(node.EndPoint)).DisposeAsync(); // as balancers of TCP look in

        await metrics.BecomesAsync("gateway.closes{protocol=none,reason=health}", 3);
        await metrics.BecomesAsync("gateway.closes{protocol=none,reason=page}", 1);
        await metrics.BecomesAsync("gateway.closes{protocol=none,reason=no_request}", 1);
        await node.ReturnsToBaselineAsync();
        Assert.Equal((3, 1), (metrics["gateway.handshakes{result=health}"], metrics["gateway.handshakes{result=page}"]));
        Assert.Equal((3, 1), (metrics["gateway.closes{protocol=none,reason=health}"], metrics["gateway.closes{protocol=none,reason=page}"]));
        Assert.Equal((0, 0), (metrics["gateway.handshakes{result=accepted}"], node.Connections.Registry.Arrived));

        await using var client = await WsClient.OpenJsonAsync(node.EndPoint);
        Assert.Equal((1, 1), (metrics["gateway.handshakes{result=accepted}"], node.Connections.Registry.Arrived));
    }

    [Fact]
    public async Task Pages_TurnedOff_AreNotServed()
    {
        await using var node = await TestNode.StartAsync(options => options.Http = new HttpOptions { WelcomePage = false, HealthCheck = false });

        Assert.StartsWith("HTTP/1.1 426 ", (await AskAsync(node, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Head, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404 ", (await AskAsync(node, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")).Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", 404)]
    [InlineData("/realtime", 200)]
    [InlineData("/realtime/", 200)]
    [InlineData("/realtime/ws", 426)]
    [InlineData("/healthz", 200)]
    [InlineData("/realtime/healthz", 200)]
    public async Task Pages_BelowABasePath_MoveWithIt(string path, int status)
    {
        await using var node = await TestNode.StartAsync(options => options.BasePath = "/realtime");

        var (head, content) = await AskAsync(node, $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), head, StringComparison.Ordinal);
        if (content.Contains("<html", StringComparison.Ordinal))
            Assert.Contains("/realtime/plain/news", content, StringComparison.Ordinal);
    }

    /// <summary>RFC 9112 §11.2: what a proxy in front takes for a second request must never be answered as one.</summary>
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200)]
    [InlineData("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", 200)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd", 405)]
    [InlineData("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 405)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    public async Task Connection_AfterOneAnswer_TakesNoSecondRequest(string request, int status)
    {
        await using var node = await TestNode.StartAsync();
        await using var ws = await WsClient.ConnectAsync(node.EndPoint);

        await ws.SendRawAsync(request + "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + WsClient.UpgradeRequest());

        var all = Encoding.UTF8.GetString(await ws.ReceiveToEndAsync());
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), all, StringComparison.Ordinal);
        Assert.Equal(1, all.Split("HTTP/1.1 ").Length - 1);
        Assert.Contains("\r\nConnection: close\r\n", all, StringComparison.Ordinal);
        Assert.Equal(status == 405, all.Contains("\r\nAllow: GET, HEAD\r\n", StringComparison.Ordinal));
        await ws.DisposeAsync();
        await node.ReturnsToBaselineAsync();
    }

    private static async Task<(string Head, string Content)> AskAsync(TestNode node, string request)
    {
        await using var ws = await WsClient.ConnectAsync(node.EndPoint);
        await ws.SendRawAsync(request);
        var head = await ws.ReceiveHeadAsync();
        Assert.Contains("\r\nDate: ", head, StringComparison.Ordinal);
        return (head, Encoding.UTF8.GetString(await ws.ReceiveToEndAsync()));
    }

    private static string WithoutDate(string head) => string.Join("\r\n", head.Split("\r\n").Where(line => !line.StartsWith("Date:", StringComparison.Ordinal)));
}
