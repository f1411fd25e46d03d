using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Core.Framing;

namespace Gateway.Integration.Fixtures;

/// <summary>A WebSocket client down to the bytes: it sends what a test says, right or wrong, and shows what really came.</summary>
internal sealed class WsClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    private WsClient(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    public Socket Socket => _socket;

    /// <summary>The TLS stream, of one opened so.</summary>
    public SslStream Tls => (SslStream)_stream;

    public EndPoint LocalEndPoint => _socket.LocalEndPoint!;

    /// <summary>The response's head, after <see cref="UpgradeAsync"/>.</summary>
    public string ResponseHead { get; private set; } = "";

    /// <summary>A TCP connection, nothing said yet.</summary>
    public static async Task<WsClient> ConnectAsync(IPEndPoint endPoint, Action<Socket>? configure = null)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        configure?.Invoke(socket);
        await socket.ConnectAsync(endPoint);
        return new WsClient(socket, new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>A TLS connection, nothing said in it yet.</summary>
    public static async Task<WsClient> ConnectTlsAsync(IPEndPoint endPoint, SslClientAuthenticationOptions tls, Action<Socket>? configure = null) =>
        await (await ConnectAsync(endPoint, configure)).StartTlsAsync(tls);

    /// <summary>An open WebSocket over TLS.</summary>
    public static async Task<WsClient> OpenTlsAsync(IPEndPoint endPoint, SslClientAuthenticationOptions tls, string path = "/", Action<Socket>? configure = null)
    {
        var client = await ConnectTlsAsync(endPoint, tls, configure);
        try
        {
            await client.UpgradeAsync(path);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>An open WebSocket.</summary>
    public static async Task<WsClient> OpenAsync(IPEndPoint endPoint, string path = "/", string headers = "", Action<Socket>? configure = null)
    {
        var client = await ConnectAsync(endPoint, configure);
        await client.UpgradeAsync(path, headers);
        return client;
    }

    /// <summary>An open WebSocket of gateway.v1, its welcome read.</summary>
    public static async Task<WsClient> OpenJsonAsync(IPEndPoint endPoint)
    {
        var client = await OpenAsync(endPoint);
        var welcome = await client.ReceiveJsonAsync();
        Assert.Equal("welcome", welcome.GetProperty("type").GetString());
        return client;
    }

    public static string UpgradeRequest(string path = "/", string headers = "") =>
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Key: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n";

    /// <summary>A client frame, masked.</summary>
    public static byte[] Frame(Opcode opcode, ReadOnlySpan<byte> payload, bool fin = true, byte rsv = 0, bool masked = true)
    {
        var key = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        var header = masked ? new FrameHeader(fin, rsv, opcode, payload.Length, key) : new FrameHeader(fin, rsv, opcode, payload.Length);
        var bytes = new byte[FrameHeader.MaxSize + payload.Length];
        var size = header.Write(bytes);
        payload.CopyTo(bytes.AsSpan(size));
        if (masked)
            Masking.Apply(bytes.AsSpan(size, payload.Length), key);
        return bytes[..(size + payload.Length)];
    }

    /// <summary>Goes on in TLS; the client returned takes this one's place.</summary>
    public async Task<WsClient> StartTlsAsync(SslClientAuthenticationOptions tls)
    {
        var stream = new SslStream(_stream);
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await stream.AuthenticateAsClientAsync(tls, patience.Token);
            return new WsClient(_socket, stream);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public async Task UpgradeAsync(string path = "/", string headers = "")
    {
        await SendRawAsync(UpgradeRequest(path, headers));
        ResponseHead = await ReceiveHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", ResponseHead, StringComparison.Ordinal);
    }

    public Task SendRawAsync(string text) => SendRawAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _stream.WriteAsync(bytes, patience.Token);
        }
        catch (IOException e) when (e.InnerException is SocketException reset)
        {
            throw reset; // what the socket itself would have said
        }
    }

    public Task SendAsync(Opcode opcode, ReadOnlySpan<byte> payload) => SendRawAsync(Frame(opcode, payload));

    public Task SendTextAsync(string text) => SendAsync(Opcode.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Subscribes, and reads until the acknowledgement.</summary>
    public async Task SubscribeAsync(string channel)
    {
        await SendTextAsync(JsonSerializer.Serialize(new { type = "subscribe", id = 1, channel }));
        var reply = await ReceiveJsonAsync();
        Assert.Equal("ok", reply.GetProperty("type").GetString());
    }

    /// <summary>The bytes up to and with the empty line.</summary>
    public async Task<string> ReceiveHeadAsync()
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = Encoding.Latin1.GetString(_buffer, _start, end + 4);
                _start += end + 4;
                return head;
            }

            if (!await FillAsync())
                throw new EndOfStreamException($"The stream ended within the head: {Encoding.Latin1.GetString(_buffer, _start, _end - _start)}");
        }
    }

    /// <summary>The next frame; null at the end of the stream. A server's frames are never masked and never fragmented.</summary>
    public async Task<(Opcode Opcode, byte[] Payload)?> ReceiveAsync()
    {
        if (await ReceiveFrameAsync() is not { } frame)
            return null;
        Assert.Equal(0, frame.Header.Rsv);
        return (frame.Header.Opcode, frame.Payload);
    }

    /// <summary>The same with its header, for those who agreed to an extension.</summary>
    public async Task<(FrameHeader Header, byte[] Payload)?> ReceiveFrameAsync()
    {
        while (true)
        {
            if (FrameHeader.TryDecode(_buffer.AsSpan(_start, _end - _start), out var header, out var size)
                && _end - _start >= size + header.PayloadLength)
            {
                Assert.False(header.Masked);
                Assert.True(header.Fin);
                var payload = _buffer.AsSpan(_start + size, (int)header.PayloadLength).ToArray();
                _start += size + payload.Length;
                return (header, payload);
            }

            if (!await FillAsync())
                return null;
        }
    }

    public async Task<JsonElement> ReceiveJsonAsync()
    {
        var frame = await ReceiveAsync() ?? throw new EndOfStreamException("The stream ended where a message was expected.");
        Assert.Equal(Opcode.Text, frame.Opcode);
        return JsonSerializer.Deserialize<JsonElement>(frame.Payload);
    }

    /// <summary>Reads over data to the close frame, and returns its code and reason.</summary>
    public async Task<(int Code, string Reason)> ReceiveCloseAsync()
    {
        while (await ReceiveAsync() is { } frame)
        {
            if (frame.Opcode == Opcode.Close)
                return frame.Payload.Length < 2 ? (1005, "") : ((frame.Payload[0] << 8) | frame.Payload[1], Encoding.UTF8.GetString(frame.Payload.AsSpan(2)));
        }

        throw new EndOfStreamException("The stream ended without a close frame.");
    }

    /// <summary>Reads to the end of the stream; a reset is an exception.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        while (await FillAsync())
        {
        }

        return _buffer[_start.._end];
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<bool> FillAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var received = await _stream.ReadAsync(_buffer.AsMemory(_end), patience.Token);
            _end += received;
            return received > 0;
        }
        catch (IOException e) when (e.InnerException is SocketException reset)
        {
            throw reset; // what the socket itself would have said
        }
    }
}
