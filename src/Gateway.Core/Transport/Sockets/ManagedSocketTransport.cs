using System.Net;
using System.Net.Sockets;

namespace Gateway.Core.Transport.Sockets;

/// <summary>
/// A client's socket by the runtime's own engine, on every system: it waits for readability with a pending receive of no bytes.
/// </summary>
internal sealed partial class ManagedSocketTransport : SocketTransport
{
    private readonly Socket _socket;
    private readonly ReceiveArgs _receiveArgs;

    public ManagedSocketTransport(Socket socket, TransportContext context)
        : base(context)
    {
        _socket = socket;
        _socket.Blocking = false;
        _receiveArgs = context.Args.RentReceive(this);
    }

    public override EndPoint? RemoteEndPoint => EndPointOf(static socket => socket.RemoteEndPoint);

    public override EndPoint? LocalEndPoint => EndPointOf(static socket => socket.LocalEndPoint);

    public override KernelState? ReadKernelState()
    {
        var isHeld = false;
        try
        {
            _socket.SafeHandle.DangerousAddRef(ref isHeld);
            return TcpInfo.Read((int)_socket.SafeHandle.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            return null; // gone before it was asked
        }
        finally
        {
            if (isHeld)
                _socket.SafeHandle.DangerousRelease();
        }
    }

    public override void Shutdown()
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

    internal void OnReadable()
    {
        if (_receiveArgs.SocketError == SocketError.Success)
            Receive(isReadable: true);
        else
            EndReceive(_receiveArgs.SocketError);
    }

    protected override bool TryWaitReadable(out bool isPending)
    {
        isPending = false;
        try
        {
            isPending = _socket.ReceiveAsync(_receiveArgs);
        }
        catch (ObjectDisposedException)
        {
            Release(); // aborted by another thread; nothing is pending
            return false;
        }

        if (isPending || _receiveArgs.SocketError == SocketError.Success)
            return true;
        EndReceive(_receiveArgs.SocketError);
        return false;
    }

    protected override int ReceiveInto(Span<byte> destination, out SocketError error)
    {
        try
        {
            return _socket.Receive(destination, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            error = SocketError.OperationAborted;
            return 0;
        }
    }

    // With a receive pending this resets the connection; after the peer's end none is pending and the close is a clean one.
    protected override void EndWaits() => _socket.Dispose();

    protected override void OnReleased() => Context.Args.Return(_receiveArgs);

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
