using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Gateway.Core.Framing;
using Gateway.Load.Client;

namespace Gateway.Load.Streams;

/// <summary>An honest client of the native protocol, for what needs few of them: it asks, and waits for the answer, also over TLS.</summary>
internal sealed class JsonClient : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _room = new byte[64 * 1024];
    private Stream _stream;
    private int _held;

    private JsonClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    /// <summary>Connects, and waits until it is welcome.</summary>
    /// <exception cref="EndedException">It is not let in.</exception>
    public static async Task<JsonClient> OpenAsync(IPEndPoint target, IPAddress source, bool isTls, CancellationToken cancellation)
    {
        JsonClient client;
        try
        {
            client = new JsonClient(await StreamSocket.ConnectAsync(target, source, receiveBuffer: 0, cancellation));
        }
        catch (SocketException e)
        {
            throw new EndedException(e.Message);
        }

        try
        {
            if (isTls)
                client._stream = await Try(async () => await StreamSocket.SecureAsync(client._stream, canResume: false, cancellation));
            await client.UpgradeAsync(cancellation);
            await client.ReceiveAsync(cancellation);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command, and returns the answer of that number.</summary>
    /// <param name="command">JSON with that "id".</param>
    /// <param name="id">The number.</param>
    /// <param name="cancellation">Gives up; the client is of no use then.</param>
    /// <returns>The answer's "code", or its "type" where it has none.</returns>
    /// <exception cref="EndedException">The connection ends before.</exception>
    public async Task<string> AskAsync(string command, int id, CancellationToken cancellation)
    {
        await SendAsync(Opcode.Text, Encoding.UTF8.GetBytes(command), cancellation);
        while (true)
        {
            using var answer = JsonDocument.Parse(await ReceiveAsync(cancellation));
            if (answer.RootElement.TryGetProperty("id", out var number) && number.TryGetInt32(out var value) && value == id)
                return answer.RootElement.GetProperty(answer.RootElement.TryGetProperty("code", out _) ? "code" : "type").ToString();
        }
    }

    public Task<string> PingAsync(int id, CancellationToken cancellation) => AskAsync($$"""{"type":"ping","id":{{id}}}""", id, cancellation);

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static async Task<T> Try<T>(Func<ValueTask<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            throw new EndedException(e.Message);
        }
    }

    private async Task UpgradeAsync(CancellationToken cancellation)
    {
        await WriteAsync(UpgradeExchange.Request("/"), cancellation);
        int head;
        while ((head = UpgradeExchange.Read(_room.AsSpan(0, _held))) == 0)
            await FillAsync(cancellation);
        if (head < 0)
            throw new EndedException($"Refused with {UpgradeExchange.StatusOf(_room.AsSpan(0, _held))}.");
        Drop(head);
    }

    /// <summary>The next text message.</summary>
    private async Task<string> ReceiveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            FrameHeader header;
            int size;
            while (!FrameHeader.TryDecode(_room.AsSpan(0, _held), out header, out size) || _held < size + header.PayloadLength)
                await FillAsync(cancellation);
            var payload = _room.AsSpan(size, (int)header.PayloadLength).ToArray();
            Drop(size + payload.Length);
            switch (header.Opcode)
            {
                case Opcode.Text:
                    return Encoding.UTF8.GetString(payload);
                case Opcode.Ping:
                    await SendAsync(Opcode.Pong, payload, cancellation);
                    break;
                case Opcode.Close:
                    throw new EndedException($"Closed with {(payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 0)}.");
            }
        }
    }

    private async Task SendAsync(Opcode opcode, byte[] payload, CancellationToken cancellation)
    {
        var frame = new byte[FrameHeader.MaxSize + payload.Length];
        await WriteAsync(frame.AsMemory(0, ClientFrame.Write(frame, opcode, payload)), cancellation);
    }

    private Task<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => Try(async () =>
    {
        await _stream.WriteAsync(bytes, cancellation);
        return true;
    });

    private async Task FillAsync(CancellationToken cancellation)
    {
        var received = _held < _room.Length ? await Try(() => _stream.ReadAsync(_room.AsMemory(_held), cancellation)) : 0;
        _held += received > 0 ? received : throw new EndedException("The node ends the connection.");
    }

    private void Drop(int count)
    {
        _room.AsSpan(count, _held - count).CopyTo(_room);
        _held -= count;
    }
}

/// <summary>A connection has ended, or was refused, and why.</summary>
internal sealed class EndedException(string message) : Exception(message);
