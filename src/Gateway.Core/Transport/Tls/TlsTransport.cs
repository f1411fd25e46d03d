using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// TLS over another transport. Towards the connection it is a transport like any other; the one below it feeds it ciphertext. Its life: a
/// handshake (<see cref="TlsHandshake"/>), then bytes come in (<c>TlsTransport.Receive.cs</c>) and go out (<c>TlsTransport.Send.cs</c>).
/// <para>
/// Between messages it holds an <see cref="SslStream"/> that waits with a read of no bytes, and so holds no buffer.
/// </para>
/// <para>
/// Three things keep it alive: the transport below, the receive chain (from the handshake's first step on), and a send. When the last of
/// them ends, what is rented goes back and the handler is told.
/// </para>
/// </summary>
#pragma warning disable CA1001 // Release disposes, when nothing holds it any more.
internal sealed partial class TlsTransport : ITransport, ITransportHandler
#pragma warning restore CA1001
{
    private readonly ITransport _inner;
    private readonly TransportContext _context;
    private readonly CipherStream _cipher;
    private readonly SslStream _ssl;
    private TlsHandshake? _handshake; // until it has succeeded
    private ITransportHandler? _handler; // from then on
    private Holds _holds = new(1); // the transport below
    private volatile bool _isInnerClosed;
    private SocketError _error = SocketError.Success; // the first error that ended the stream

    public TlsTransport(ITransport inner, TransportContext context)
    {
        (_inner, _context) = (inner, context);
        _cipher = new CipherStream(inner, context);
        _ssl = new SslStream(_cipher, leaveInnerStreamOpen: true);
    }

    public EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    public KernelState? ReadKernelState() => _inner.ReadKernelState();

    /// <summary>For the handshake: what it reads and writes.</summary>
    public CipherStream Cipher => _cipher;

    /// <summary>For the handshake.</summary>
    public SslStream Ssl => _ssl;

    public void Begin(TlsHandshake handshake) => _handshake = handshake;

    /// <summary>The handshake has succeeded: the handler takes over, on the caller's thread.</summary>
    public void Open(ITransportAcceptor acceptor)
    {
        _handler = acceptor.Accept(this);
        Volatile.Write(ref _handshake, null);
        _ = ReceiveAsync();
    }

    public void Abort()
    {
        if (!TryLinger())
            _inner.Abort();
    }

    public int UnconsumedBytes => _cipher.HeldBytes + (_plain?.Length ?? 0) + _inner.UnconsumedBytes;

    /// <summary>TLS has no word for it.</summary>
    public void OnShort() => _inner.Abort();

    /// <summary>The transport below is gone.</summary>
    public void OnClosed(SocketError error)
    {
        if (_error == SocketError.Success)
            _error = error;
        _isInnerClosed = true;
        // Whoever is about to wait for the transport below looks at the flag after it has said so, and this looks for it after the flag.
        Interlocked.MemoryBarrier();
        _cipher.End();
        _cipher.OnSent();
        if (Volatile.Read(ref _handshake) is { } handshake)
            handshake.OnClosed();
        else
            _cipher.Wake(); // the receive chain goes on to its end
        WakeReceive();
        Unpark();
        Release();
    }

    public void Fail(SocketError error)
    {
        if (_error == SocketError.Success)
            _error = error;
        _inner.Abort();
    }

    /// <summary>False: the stream is gone.</summary>
    public bool TryHold() => _holds.TryAdd();

    public void Release()
    {
        if (!_holds.Release())
            return;
        _ssl.Dispose();
        _cipher.Drop();
        DropPlain();
        if (_handler is { } handler)
            handler.OnClosed(_error);
        else
            _handshake!.OnGone();
    }
}
