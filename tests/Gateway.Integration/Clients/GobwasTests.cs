using System.Text;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Integration.Compression;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Clients;

/// <summary>
/// Go's gobwas/ws on the wire. No distribution packages it, so that here stand the bytes that its dialer and its wsflate write, and what
/// they insist on in the answer.
/// </summary>
public sealed class GobwasTests
{
    /// <summary>Of wsflate's DefaultParameters, the only ones that its shortcuts work with.</summary>
    private const string Offer = "permessage-deflate;server_no_context_takeover;client_no_context_takeover";

    [Theory]
    [InlineData("/ws", "gateway.v1")]
    [InlineData("/plain/news", "")]
    [InlineData("/echo", "")]
    public async Task Dialer_OfEveryProtocol_TakesTheAnswer(string path, string subprotocol)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await WsClient.ConnectAsync(node.EndPoint);

        await client.SendRawAsync(Request(path, subprotocol, ""));

        var answer = HeadersOf(await client.ReceiveHeadAsync());
        // Not a list, of which RFC 6455 §4.1 would allow an Upgrade to be part.
        Assert.Equal("upgrade", answer["Connection"], ignoreCase: true);
        Assert.Equal("websocket", answer["Upgrade"], ignoreCase: true);
        Assert.Equal(subprotocol, answer.GetValueOrDefault("Sec-WebSocket-Protocol", ""));
        Assert.DoesNotContain("Sec-WebSocket-Extensions", answer.Keys);
    }

    /// <summary>The dialer refuses an answer that does not have just the parameters of its offer, in whatever order.</summary>
    [Theory]
    [InlineData(CompressionMode.Shared)]
    [InlineData(CompressionMode.Dedicated)]
    public async Task Wsflate_WithItsDefaults_GetsWhatItOffers(CompressionMode mode)
    {
        await using var node = await TestNode.StartAsync(options => options.Compression.Mode = mode);
        await using var client = await WsClient.ConnectAsync(node.EndPoint);

        await client.SendRawAsync(Request("/echo", "", Offer));

        var answer = HeadersOf(await client.ReceiveHeadAsync());
        Assert.Equal(Offer.Split(';').Order(), answer["Sec-WebSocket-Extensions"].Split("; ").Order());
    }

    /// <summary>wsflate flushes and closes its compressor, so that a final block, empty, ends every message.</summary>
    [Theory]
    [InlineData(CompressionMode.Shared)]
    [InlineData(CompressionMode.Dedicated)]
    public async Task Wsflate_MessagesWithAFinalBlock_AreEchoed(CompressionMode mode)
    {
        await using var node = await TestNode.StartAsync(options => options.Compression.Mode = mode);
        await using var client = await DeflateClient.OpenAsync(node.EndPoint, offer: Offer);

        for (var i = 0; i < 3; i++)
        {
            var message = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($$"""{"symbol":"EURUSD","bid":{{i}}},""", 100)));
            // What RFC 7692 §7.2.1 takes off the flushed stream stands inside of the closed one, whose own end is the same and taken off.
            await client.SendCompressedAsync(Opcode.Text, [.. client.Compress(message), 0, 0, 0xFF, 0xFF, 1]);

            var (opcode, echo, compressed) = await client.ReceiveAsync();
            Assert.Equal(Opcode.Text, opcode);
            Assert.Equal(message, echo);
            Assert.InRange(compressed, 1, message.Length);
        }
    }

    private static string Request(string path, string subprotocol, string extensions) =>
        $"GET {path} HTTP/1.1\r\nHost: localhost:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + (subprotocol.Length == 0 ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n")
        + (extensions.Length == 0 ? "" : $"Sec-WebSocket-Extensions: {extensions}\r\n")
        + "\r\n";

    private static Dictionary<string, string> HeadersOf(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("HTTP/1.1 101 ", lines[0], StringComparison.Ordinal);
        return lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(field => field[0], field => field[1], StringComparer.OrdinalIgnoreCase);
    }
}
