using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Load.Streams;

namespace Gateway.Load.Tests.Streams;

public sealed class JsonClientTests : IDisposable
{
    private const string Upgraded = "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public JsonClientTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Ask_OthersSpeakBetween_HasItsOwnAnswer()
    {
        var server = ServeAsync(Encoding.ASCII.GetBytes(Upgraded), Text("""{"type":"welcome"}"""), Frame(Opcode.Ping, []), Text("""{"type":"message","id":1}"""), Text("""{"type":"pong","id":7}"""), Text("""{"type":"error","id":8,"code":"forbidden"}"""));
        using var client = await OpenAsync();
        Assert.Equal("pong", await client.PingAsync(7, TestContext.Current.CancellationToken));
        Assert.Equal("forbidden", await client.AskAsync("{}", 8, TestContext.Current.CancellationToken));
        using var served = await server;
    }

    [Fact]
    public async Task Open_Refused_SaysWithWhat()
    {
        var server = ServeAsync("HTTP/1.1 503 Service Unavailable\r\n\r\n"u8.ToArray());
        Assert.Contains("503", (await Assert.ThrowsAsync<EndedException>(OpenAsync)).Message, StringComparison.Ordinal);
        using var served = await server;
    }

    [Fact]
    public async Task Ask_CloseFrameInPlaceOfAnAnswer_SaysItsCode()
    {
        var server = ServeAsync(Encoding.ASCII.GetBytes(Upgraded), Text("{}"), Frame(Opcode.Close, [1013 >> 8, 1013 & 0xff]));
        using var client = await OpenAsync();
        Assert.Contains("1013", (await Assert.ThrowsAsync<EndedException>(() => client.PingAsync(1, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        using var served = await server;
    }

    [Fact]
    public async Task Open_NobodyListens_Ends()
    {
        _listener.Stop();
        await Assert.ThrowsAsync<EndedException>(OpenAsync);
    }

    private Task<JsonClient> OpenAsync() => JsonClient.OpenAsync((IPEndPoint)_listener.LocalEndpoint, IPAddress.Loopback, isTls: false, TestContext.Current.CancellationToken);

    /// <summary>Takes one client, and says all of this once it has asked.</summary>
    private async Task<Socket> ServeAsync(params byte[][] says)
    {
        var socket = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await socket.ReceiveAsync(new byte[1024], TestContext.Current.CancellationToken);
        await socket.SendAsync(says.SelectMany(bytes => bytes).ToArray(), TestContext.Current.CancellationToken);
        return socket;
    }

    private static byte[] Text(string text) => Frame(Opcode.Text, Encoding.UTF8.GetBytes(text));

    private static byte[] Frame(Opcode opcode, byte[] payload)
    {
        var bytes = new byte[FrameHeader.MaxSize];
        return [.. bytes.AsSpan(0, new FrameHeader(fin: true, rsv: 0, opcode, payload.Length).Write(bytes)), .. payload];
    }
}
