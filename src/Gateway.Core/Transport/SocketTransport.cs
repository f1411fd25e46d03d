using System.Net;
using System.Net.Sockets;

namespace Gateway.Core.Transport;

/// <summary>
/// A client's socket. Between messages it holds one pending receive of no bytes and nothing else: no task, no timer, no buffer.
/// <para>
/// Three things keep it alive: the open socket, the receive chain (one turn after another, or the pending receive between them), and
/// a pending send. When the last of them ends, the args go back and the handler is told.
/// </para>
/// </summary>
internal sealed partial class SocketTransport : ITransport, IThreadPoolWorkItem
{
    private readonly Socket _socket;
    private readonly TransportContext _context;
    private ITransportHandler _handler = null!; // set before the first receive
    private int _holds = 2; // the open socket and the receive chain
    private int _aborted;
    private SocketError _error = SocketError.Success; // the first error that ended the stream

    public SocketTransport(Socket socket, TransportContext context)
    {
        _socket = socket;
        _context = context;
        _socket.Blocking = false;
        _receiveArgs = context.Args.RentReceive(this);
    }

    public EndPoint? RemoteEndPoint => EndPointOf(static socket => socket.RemoteEndPoint);

    public EndPoint? LocalEndPoint => EndPointOf(static socket => socket.LocalEndPoint);

    private bool IsAborted => Volatile.Read(ref _aborted) != 0;

    /// <summary>Starts to receive, on the caller's thread.</summary>
    public void Start(ITransportHandler handler)
    {
        _handler = handler;
        Receive(isReadable: false);
    }

    public void Abort()
    {
        if (Interlocked.Exchange(ref _aborted, 1) != 0)
            return;
        // With a receive pending this resets the connection; after the peer's end none is pending and the close is a clean one.
        _socket.Dispose();
        ReleaseParkedReceive();
        Release();
    }

    public void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The peer has reset the connection: the receive chain learns it too, and ends.
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private void Fail(SocketError error)
    {
        if (_error == SocketError.Success && !IsAborted)
            _error = error;
        Abort();
    }

    /// <summary>False: the stream is gone, and the handler has been told.</summary>
    private bool TryHold()
    {
        for (var holds = Volatile.Read(ref _holds); holds > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
            if (seen == holds)
                return true;
            holds = seen;
        }

        return false;
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holds) != 0)
            return;
        _context.Args.Return(_receiveArgs);
        DropSpill();
        _handler.OnClosed(_error);
    }

    private EndPoint? EndPointOf(Func<Socket, EndPoint?> read)
    {
        try
        {
            return read(_socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null; // gone before it was asked
        }
    }
}
