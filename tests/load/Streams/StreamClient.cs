using System.Net.Security;
using System.Net.Sockets;
using Gateway.Core.Framing;
using Gateway.Load.Client;

namespace Gateway.Load.Streams;

/// <summary>
/// A client on a stream, for TLS: it connects, upgrades, has one message echoed, so that everything a connection makes late has been made,
/// and then only stands there.
/// </summary>
internal sealed class StreamClient : IDisposable
{
    private static readonly byte[] Message = [.. Enumerable.Repeat((byte)'m', 125)];

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Stream _stream;
    private readonly byte[] _room = new byte[1024];
    private int _held;

    private StreamClient(StreamClientSettings settings, CancellationToken cancellation)
    {
        _socket.Connect(settings.EndPoint);
        cancellation.ThrowIfCancellationRequested();
        _stream = new NetworkStream(_socket, ownsSocket: false);
        if (settings.Tls is not null)
            _stream = new SslStream(_stream);
    }

    /// <exception cref="LoadException">The server does something else than is asked for.</exception>
    public static async Task<StreamClient> OpenAsync(StreamClientSettings settings, CancellationToken cancellation)
    {
        var client = new StreamClient(settings, cancellation);
        try
        {
            if (client._stream is SslStream tls)
                await tls.AuthenticateAsClientAsync(settings.Tls!, cancellation);
            await client.UpgradeAsync(settings, cancellation);
            await client.EchoAsync(cancellation);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task UpgradeAsync(StreamClientSettings settings, CancellationToken cancellation)
    {
        await _stream.WriteAsync(settings.Request, cancellation);
        int head;
        while ((head = UpgradeExchange.Read(_room.AsSpan(0, _held))) == 0)
            await ReceiveAsync(cancellation);
        if (head < 0)
            throw new LoadException("The server refuses the upgrade.");
        if (settings.MustAgree.Length > 0 && _room.AsSpan(0, head).IndexOf(settings.MustAgree) < 0)
            throw new LoadException("The server does not agree to the extension.");
        Drop(head);
    }

    /// <summary>One message, there and back; with an extension it may come back in another form.</summary>
    private async Task EchoAsync(CancellationToken cancellation)
    {
        var frame = new byte[FrameHeader.MaxSize + Message.Length];
        await _stream.WriteAsync(frame.AsMemory(0, ClientFrame.Write(frame, Opcode.Text, Message)), cancellation);
        FrameHeader header;
        int size;
        while (!FrameHeader.TryDecode(_room.AsSpan(0, _held), out header, out size) || _held < size + header.PayloadLength)
            await ReceiveAsync(cancellation);
        if (header.Opcode != Opcode.Text)
            throw new LoadException($"The server answers a message with {header.Opcode}.");
        Drop(size + (int)header.PayloadLength);
    }

    private async Task ReceiveAsync(CancellationToken cancellation)
    {
        var received = await _stream.ReadAsync(_room.AsMemory(_held), cancellation);
        _held += received > 0 ? received : throw new LoadException("The server ends the connection.");
    }

    private void Drop(int count)
    {
        _room.AsSpan(count, _held - count).CopyTo(_room);
        _held -= count;
    }
}
