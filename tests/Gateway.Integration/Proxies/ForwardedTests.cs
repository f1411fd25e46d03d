using System.Net;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Proxies;

/// <summary><c>X-Forwarded-For</c> and <c>Forwarded</c> end to end: what the admin side and the log show.</summary>
public sealed class ForwardedTests
{
    [Theory]
    [InlineData("X-Forwarded-For: 6.6.6.6, 203.0.113.9", "203.0.113.9")]
    [InlineData("X-Forwarded-For: 203.0.113.9:4711", "203.0.113.9:4711")]
    [InlineData("Forwarded: for=\"[2001:db8::17]\";proto=https", "2001:db8::17")]
    [InlineData("Forwarded: for=\"[2001:db8::17]:4711\"", "[2001:db8::17]:4711")]
    [InlineData("X-Forwarded-For: unknown", null)]
    public async Task Header_OfATrustedProxy_IsShownAsTheClient(string header, string? client)
    {
        await using var node = await TestNode.StartAsync(options => options.TrustedProxies.Add("127.0.0.1"));

        Assert.Equal(client, await RemoteAddressAsync(node, header));
    }

    [Theory]
    [InlineData("10.0.0.0/8", ForwardedHeader.Either)]
    [InlineData("127.0.0.0/8", ForwardedHeader.None)]
    [InlineData("127.0.0.0/8", ForwardedHeader.Forwarded)]
    public async Task Header_ThatIsNotToBeBelieved_ChangesNothing(string trusted, ForwardedHeader header)
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.TrustedProxies.Add(trusted);
            options.ForwardedHeader = header;
        });

        Assert.Null(await RemoteAddressAsync(node, "X-Forwarded-For: 203.0.113.9"));
    }

    [Fact]
    public async Task Refusal_OfAForwardedClient_IsLoggedWithItsAddress()
    {
        await using var node = await TestNode.StartAsync(options => options.TrustedProxies.Add("127.0.0.0/8"));
        await using var ws = await WsClient.ConnectAsync(node.EndPoint);

        await ws.SendRawAsync(WsClient.UpgradeRequest("/nowhere", "X-Forwarded-For: 203.0.113.9\r\n"));

        Assert.StartsWith("HTTP/1.1 404 ", await ws.ReceiveHeadAsync(), StringComparison.Ordinal);
        Assert.Contains(node.Logs.Lines, line => line.Message.Contains("from 203.0.113.9 was refused: 404", StringComparison.Ordinal));
    }

    /// <summary>Null: the socket's own.</summary>
    private static async Task<string?> RemoteAddressAsync(TestNode node, string header)
    {
        await using var ws = await WsClient.OpenAsync(node.EndPoint, headers: header + "\r\n");
        var welcome = await ws.ReceiveJsonAsync();
        var info = await node.Node.Facts.FindConnectionAsync(welcome.GetProperty("connection").GetString()!, 1000);
        Assert.Equal(node.EndPoint.ToString(), info!.LocalAddress);
        return info.RemoteAddress == ((IPEndPoint)ws.LocalEndPoint).ToString() ? null : info.RemoteAddress;
    }
}
