using System.Net;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Compression;

/// <summary>A client that agreed to permessage-deflate; its codec is the engine's, which other tests compare with its twin.</summary>
internal sealed class DeflateClient : IAsyncDisposable
{
    private readonly bool _serverKeeps;
    private readonly bool _clientKeeps;
    private readonly MessageDeflater _deflater = new(Zlib.MaxWindowBits, level: 6);
    private readonly MessageInflater _inflater;

    private DeflateClient(WsClient socket)
    {
        Socket = socket;
        _serverKeeps = !Agreement.Contains("server_no_context_takeover", StringComparison.Ordinal);
        _clientKeeps = !Agreement.Contains("client_no_context_takeover", StringComparison.Ordinal);
        _inflater = new MessageInflater(Zlib.MaxWindowBits, _serverKeeps);
    }

    public WsClient Socket { get; }

    /// <summary>The response's Sec-WebSocket-Extensions.</summary>
    public string Agreement => AgreementOf(Socket);

    public static async Task<DeflateClient> OpenAsync(IPEndPoint endPoint, string path = "/echo", string offer = "permessage-deflate")
    {
        var client = new DeflateClient(await WsClient.OpenAsync(endPoint, path, $"Sec-WebSocket-Extensions: {offer}\r\n"));
        Assert.StartsWith("permessage-deflate", client.Agreement, StringComparison.Ordinal);
        return client;
    }

    public static string AgreementOf(WsClient socket)
    {
        const string name = "Sec-WebSocket-Extensions: ";
        return socket.ResponseHead.Split("\r\n").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..] ?? "";
    }

    public Task SendAsync(Opcode opcode, ReadOnlySpan<byte> message) => SendCompressedAsync(opcode, Compress(message));

    public Task SendTextAsync(string text) => SendAsync(Opcode.Text, Encoding.UTF8.GetBytes(text));

    public Task SendCompressedAsync(Opcode opcode, ReadOnlySpan<byte> compressed) =>
        Socket.SendRawAsync(WsClient.Frame(opcode, compressed, rsv: FrameHeader.Rsv1));

    public byte[] Compress(ReadOnlySpan<byte> message)
    {
        var output = new byte[MessageDeflater.MaxOutput(message.Length)];
        return output[.._deflater.Deflate(message, output, _clientKeeps)];
    }

    /// <summary>The next message, and the bytes that it took on the wire if it came compressed, else 0.</summary>
    public async Task<(Opcode Opcode, byte[] Payload, int Compressed)> ReceiveAsync()
    {
        var (header, payload) = await Socket.ReceiveFrameAsync() ?? throw new EndOfStreamException("The stream ended where a message was expected.");
        return header.Rsv == 0 ? (header.Opcode, payload, 0) : (header.Opcode, Decompress(payload), payload.Length);
    }

    public ValueTask DisposeAsync()
    {
        _deflater.Dispose();
        _inflater.Dispose();
        return Socket.DisposeAsync();
    }

    private byte[] Decompress(byte[] payload)
    {
        var message = new byte[8 * 1024 * 1024];
        ReadOnlySpan<byte> input = payload;
        Assert.Equal(InflateStatus.NeedsInput, _inflater.Inflate(ref input, default, message, out var length));
        Assert.True(_inflater.TryFinish(message.AsSpan(0, length)));
        if (!_serverKeeps)
            _inflater.Reset();
        return message[..length];
    }
}
