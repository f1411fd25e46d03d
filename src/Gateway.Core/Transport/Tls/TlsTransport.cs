using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// TLS over another transport. Towards the connection it is a transport like any other; the one below it feeds it ciphertext. Its life: a
/// handshake (<see cref="TlsHandshake"/>), then bytes come in (<c>TlsTransport.Receive.cs</c>) and go out (<c>TlsTransport.Send.cs</c>).
/// <para>
/// Between messages it holds an <see cref="SslStream"/> that waits with a read of no bytes, and so holds no buffer. That is made when the
/// client's first record is whole, and the node's memory account has been asked for it: before, a connection costs its bytes alone.
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
    // What an open connection keeps of OpenSSL and SslStream: docs/performance.md has measured 34,990 bytes.
    private const int SessionBytes = 35_000;

    // What one keeps within its handshake: the session, and SslStream's buffer, of up to two records.
    private const int HandshakeBytes = SessionBytes + CipherStream.LibraryBytes;

    private readonly ITransport _inner;
    private readonly TransportContext _context;
    private readonly FaultReporter _faults;
    private readonly CipherStream _cipher;
    private SslStream? _ssl; // from the handshake's begin on
    private int _session; // what is held of the account for it
    private TlsHandshake? _handshake; // until it has succeeded
    private ITransportHandler? _handler; // from then on
    private Holds _holds = new(1); // the transport below
    private volatile bool _isInnerClosed;
    private SocketError _error = SocketError.Success; // the first error that ended the stream

    public TlsTransport(ITransport inner, TransportContext context, FaultReporter faults)
    {
        (_inner, _context, _faults) = (inner, context, faults);
        _cipher = new CipherStream(inner, context);
    }

    public EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    public KernelState? ReadKernelState() => _inner.ReadKernelState();

    /// <summary>For the handshake: what it reads and writes.</summary>
    public CipherStream Cipher => _cipher;

    /// <summary>For the handshake.</summary>
    public SslStream Ssl => _ssl!;

    /// <summary>What the account holds for the session. Any thread.</summary>
    public int SessionHeld => Volatile.Read(ref _session);

    /// <summary>Bytes that wait here because of what the client has sent: parts of records, and what the handler has left. Any thread.</summary>
    public long UnconsumedBytes => _cipher.UnconsumedBytes + (Volatile.Read(ref _plain)?.Length ?? 0) + _inner.UnconsumedBytes;

    public void Begin(TlsHandshake handshake) => _handshake = handshake;

    /// <summary>The handshake is about to begin. False: the node has no memory for it.</summary>
    public bool TryBeginSession()
    {
        if (!_context.Buffers.Account.TryHold(HandshakeBytes))
            return false;
        _session = HandshakeBytes;
        _ssl = new SslStream(_cipher, leaveInnerStreamOpen: true);
        return true;
    }

    /// <summary>The handshake has succeeded: the handler takes over, on the caller's thread.</summary>
    public void Open(ITransportAcceptor acceptor)
    {
        _context.Buffers.Account.LetGo(HandshakeBytes - SessionBytes);
        _session = SessionBytes;
        _handler = acceptor.Accept(this);
        Volatile.Write(ref _handshake, null);
        _ = ReceiveAsync();
    }

    public void Abort()
    {
        if (!TryLinger())
            _inner.Abort();
    }

    /// <summary>The transport below is gone.</summary>
    public void OnClosed(SocketError error)
    {
        // The kernel's own verdict counts, also where its consequences were seen first.
        if (error == SocketError.TimedOut || _error == SocketError.Success)
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

    /// <summary>Throws away what has come and all that follows, until the peer's end: the memory is back when this returns. Any thread.</summary>
    public void Discard()
    {
        _isDiscarding = true;
        _cipher.Drop();
        _inner.Discard();
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
        _ssl?.Dispose();
        _context.Buffers.Account.LetGo(_session);
        _session = 0;
        _cipher.Drop();
        DropPlain();
        if (_handler is { } handler)
            handler.OnClosed(_error);
        else
            _handshake!.OnGone();
    }
}
