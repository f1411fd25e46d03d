using System.Net.Sockets;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Integration.Proxies;

/// <summary>The PROXY protocol on an endpoint, spoken by the tests themselves.</summary>
public sealed class ProxyProtocolTests
{
    private const string V1 = "PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n";

    private static readonly byte[] V2 =
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 12, 203, 0, 113, 9, 192, 0, 2, 1, 0x12, 0x67, 0x01, 0xBB];

    private static readonly byte[] V2Local = [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x20, 0, 0, 0];

    public static readonly TheoryData<byte[], string?> Headers = new()
    {
        { Encoding.ASCII.GetBytes(V1), "203.0.113.9:4711" },
        { V2, "203.0.113.9:4711" },
        { Encoding.ASCII.GetBytes("PROXY UNKNOWN\r\n"), null },
        { V2Local, null },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Header_InFrontOfARequest_NamesTheClient(byte[] header, string? client)
    {
        await using var node = await StartAsync();
        // Apart, together and byte by byte.
        foreach (var pieces in new[] { 2, 1, header.Length + 40 })
        {
            await using var ws = await WsClient.ConnectAsync(node.EndPoint);
            byte[] bytes = [.. header, .. Encoding.ASCII.GetBytes(WsClient.UpgradeRequest())];
            if (pieces == 2)
                await ws.SendRawAsync(header);
            else if (pieces > 2)
                await SendByteByByteAsync(ws, bytes[..pieces]);
            await ws.SendRawAsync(bytes.AsMemory(pieces == 2 ? header.Length : pieces == 1 ? 0 : pieces));

            Assert.StartsWith("HTTP/1.1 101 ", await ws.ReceiveHeadAsync(), StringComparison.Ordinal);
            var welcome = await ws.ReceiveJsonAsync();
            var info = await node.Node.Facts.FindConnectionAsync(welcome.GetProperty("connection").GetString()!, 1000);
            Assert.Equal(client ?? ws.LocalEndPoint.ToString(), info!.RemoteAddress);
            Assert.Equal(client is null ? node.EndPoint.ToString() : "192.0.2.1:443", info.LocalAddress);
        }

        await Eventually.TrueAsync(() => node.Node.ConnectionCount == 0);
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Stream_BehindTheHeader_IsServedAsEver()
    {
        await using var node = await StartAsync();
        await using var ws = await WsClient.ConnectAsync(node.EndPoint);
        await ws.SendRawAsync(V2);
        await ws.UpgradeAsync("/echo");
        // Larger than the socket takes at once, so that remainders and pauses pass the layer too.
        var payload = new byte[900_000];
        new Random(1).NextBytes(payload);

        for (var round = 0; round < 4; round++)
            await ws.SendAsync(Opcode.Binary, payload);

        for (var round = 0; round < 4; round++)
            Assert.Equal(payload, (await ws.ReceiveAsync())!.Value.Payload);
        await ws.SendAsync(Opcode.Close, [0x03, 0xE8]);
        Assert.Equal((1000, ""), await ws.ReceiveCloseAsync());
        Assert.Empty(await ws.ReceiveToEndAsync());
        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "it does not begin with a header")]
    [InlineData("PROXY TCP4 1.2.3.4\r\n", "its header is malformed")]
    [InlineData("PROXY UNKNOWN 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n", "its header is too long")]
    public async Task Stream_WithoutAProperHeader_IsClosedWithoutAnAnswerAndCounted(string begin, string reason)
    {
        await using var node = await StartAsync();
        var refusals = new CounterReading(node.Metrics.ProxyProtocolRefusals);
        await using var ws = await WsClient.ConnectAsync(node.EndPoint);

        await ws.SendRawAsync(begin);

        Assert.Equal(0, await ReceiveToEndOrResetAsync(ws));
        Assert.Equal(1, refusals.Value);
        Assert.Contains(node.Logs.Lines, line => line.Level == LogLevel.Warning && line.Message.Contains($"from {ws.LocalEndPoint} to", StringComparison.Ordinal)
            && line.Message.Contains(reason, StringComparison.Ordinal));
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Stream_OfAnUntrustedPeer_IsClosedAndLoggedRarely()
    {
        await using var node = await StartAsync(options => options.TrustedProxies[0] = "192.0.2.0/24");
        var refusals = new CounterReading(node.Metrics.ProxyProtocolRefusals);

        for (var i = 0; i < 5; i++)
        {
            try
            {
                await using var ws = await WsClient.ConnectAsync(node.EndPoint);
                Assert.Equal(0, await ReceiveToEndOrResetAsync(ws));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // Cut before the client had seen that it was connected.
            }
        }

        await Eventually.TrueAsync(() => refusals.Value == 5);
        Assert.Single(node.Logs.Lines, line => line.Level == LogLevel.Warning);
        Assert.Equal(0, node.Node.ConnectionCount);
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Header_ThatDoesNotCome_EndsWithTheHandshakesDeadline()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(time: time);
        await using var ws = await WsClient.ConnectAsync(node.EndPoint);
        await ws.SendRawAsync(V1[..20]);
        // The part is counted as long as it is kept.
        await Eventually.TrueAsync(() => node.Connections.Transport.Buffers.Account.Bytes >= 20);

        var end = ws.ReceiveToEndAsync();
        while (!end.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(125));
            await Task.Yield();
        }

        Assert.StartsWith("HTTP/1.1 408 ", Encoding.ASCII.GetString(await end), StringComparison.Ordinal);
        await ws.DisposeAsync();
        await node.ReturnsToBaselineAsync();
        Assert.Equal(0, node.Connections.Transport.Buffers.Account.Bytes);
    }

    [Fact]
    public async Task Stop_WithAHeaderOutstanding_IsNotHeldUp()
    {
        await using var node = await StartAsync();
        await using var ws = await WsClient.ConnectAsync(node.EndPoint);
        await Eventually.TrueAsync(() => node.Node.ConnectionCount == 1);

        var stopping = node.Server.StopAsync(CancellationToken.None);

        Assert.StartsWith("HTTP/1.1 503 ", await ws.ReceiveHeadAsync(), StringComparison.Ordinal);
        await ws.DisposeAsync();
        await stopping;
        await node.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Endpoint_WithoutTheProtocol_TakesClientsBesideOneWithIt()
    {
        await using var node = await StartAsync(options => options.Endpoints.Add(new EndpointOptions { Address = "127.0.0.1:0" }));

        await using var direct = await WsClient.OpenJsonAsync(node.Server.EndPoints[1]);

        await direct.SubscribeAsync("news");
    }

    private static Task<TestNode> StartAsync(Action<GatewayOptions>? configure = null, TimeProvider? time = null) =>
        TestNode.StartAsync(
            options =>
            {
                options.Endpoints[0].ProxyProtocol = true;
                options.TrustedProxies.Add("127.0.0.0/8");
                configure?.Invoke(options);
            },
            time: time);

    private static async Task SendByteByByteAsync(WsClient ws, byte[] bytes)
    {
        foreach (var b in bytes)
            await ws.SendRawAsync(new[] { b });
    }

    private static async Task<int> ReceiveToEndOrResetAsync(WsClient ws)
    {
        try
        {
            return (await ws.ReceiveToEndAsync()).Length;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
