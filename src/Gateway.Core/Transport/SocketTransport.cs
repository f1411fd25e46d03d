using System.Net;
using System.Net.Sockets;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport;

/// <summary>
/// A client's socket, whichever way the kernel is asked. Between messages it waits for readability and holds nothing: no task, no timer,
/// no buffer.
/// <para>
/// Three things keep it alive: the open socket, the receive chain (one turn after another, or the wait between them), and a pending
/// send. When the last of them ends, the socket's rentals go back and the handler is told.
/// </para>
/// </summary>
internal abstract partial class SocketTransport : ITransport, IThreadPoolWorkItem
{
    private readonly TransportContext _context;
    private ITransportHandler _handler = null!; // set before the first receive
    private Holds _holds = new(2); // the open socket and the receive chain
    private int _aborted;
    private SocketError _error = SocketError.Success; // the first error that ended the stream, or the kernel's own verdict

    protected SocketTransport(TransportContext context)
    {
        _context = context;
        context.CountSocket(+1);
    }

    public abstract EndPoint? RemoteEndPoint { get; }

    public abstract EndPoint? LocalEndPoint { get; }

    public abstract KernelState? ReadKernelState();

    protected TransportContext Context => _context;

    protected ITransportHandler Handler => _handler;

    protected bool IsAborted => Volatile.Read(ref _aborted) != 0;

    /// <summary>Starts to receive, on the caller's thread.</summary>
    public void Start(ITransportHandler handler)
    {
        _handler = handler;
        if (Prepare() is not SocketError.Success and var error)
            EndReceive(error);
        else
            Receive(isReadable: false);
    }

    public void Abort()
    {
        if (Interlocked.Exchange(ref _aborted, 1) != 0)
            return;
        EndWaits();
        ReleaseParkedReceive();
        Release();
    }

    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    public abstract bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner);

    public abstract void Shutdown();

    /// <summary>Before the first wait.</summary>
    protected virtual SocketError Prepare() => SocketError.Success;

    /// <summary>The stream has been aborted: what waits must end.</summary>
    protected abstract void EndWaits();

    /// <summary>Nothing uses the socket any more.</summary>
    protected abstract void OnReleased();

    protected void CountSent(int sent)
    {
        _context.Metrics.Sends.Add(1);
        _context.Metrics.BytesSent.Add(sent);
    }

    protected void Fail(SocketError error)
    {
        // The kernel says that it has given up to one caller alone; another, who only finds the stream gone, may be here first.
        if (error == SocketError.TimedOut || (_error == SocketError.Success && !IsAborted))
            _error = error;
        Abort();
    }

    /// <summary>All of a remainder has been sent: the handler goes on, and the send lets go of the stream.</summary>
    protected void OnRemainderSent()
    {
        try
        {
            _handler.OnSent();
        }
#pragma warning disable CA1031 // On an engine's thread: it ends this stream.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _context.Fault(e);
            Fail(SocketError.Fault);
        }

        Release();
    }

    /// <summary>False: the stream is gone, and the handler has been told.</summary>
    protected bool TryHold() => _holds.TryAdd();

    protected void Release()
    {
        if (!_holds.Release())
            return;
        OnReleased();
        DropSpill();
        _context.CountSocket(-1);
        try
        {
            _handler.OnClosed(_error);
        }
#pragma warning disable CA1031 // Whoever lets go last may be any thread of the node.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _context.Fault(e);
        }
    }
}
