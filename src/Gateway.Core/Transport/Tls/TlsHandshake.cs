using System.Security.Authentication;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// The handshake of one connection, garbage when it is over. It begins with the client's first bytes, so that a silent client takes
/// nobody's place; its steps (each all that can be done with what has come) run where <see cref="TlsHandshakes"/> says.
/// </summary>
internal sealed class TlsHandshake(TlsTransport transport, ITransport inner, TlsAcceptor acceptor)
{
    private const byte HandshakeRecord = 22; // ContentType, RFC 8446 §5.1

    private readonly TlsHandshakes _all = acceptor.Handshakes;
    private volatile Phase _phase;
    private volatile bool _hasHold; // on the transport, for the steps; the last of them releases it
    private int _hasBegun; // 1 from the first step on
    private volatile bool _hasPeerEnded;

    private enum Phase
    {
        /// <summary>Nothing has come, or there is no place yet.</summary>
        Waiting,

        /// <summary>The steps run.</summary>
        Running,

        /// <summary>It has failed; the peer is read to its end.</summary>
        Failed,
    }

    /// <summary>When it is cut, on the clock's timestamps. For <see cref="TlsHandshakes"/>.</summary>
    public long StartedAt { get; set; }

    /// <summary>How long it may take from then on.</summary>
    public TimeSpan Patience { get; set; }

    /// <summary>Its place in the queue of those that wait. Guarded by <see cref="TlsHandshakes"/>.</summary>
    public LinkedListNode<TlsHandshake>? Waiting { get; set; }

    /// <summary>Whether it counts as in progress. Guarded by <see cref="TlsHandshakes"/>.</summary>
    public bool HasPlace { get; set; }

    public ReceiveResult OnReceived(Span<byte> bytes)
    {
        if (_phase == Phase.Failed)
            return new ReceiveResult(bytes.Length, ReceiveAction.Discard);
        if (_phase == Phase.Waiting)
        {
            if (bytes[0] != HandshakeRecord)
                return RefusePlain(bytes);
            if (!_all.TryEnter(this))
                return new ReceiveResult(0, ReceiveAction.Pause); // Resume follows with a place
            if (!transport.TryHold())
                return new ReceiveResult(bytes.Length, ReceiveAction.Discard);
            _hasHold = true;
            _phase = Phase.Running;
            transport.Cipher.Add(bytes);
            _all.Post(this);
        }
        else if (transport.Cipher.Add(bytes))
        {
            _all.Post(this);
        }

        return new ReceiveResult(bytes.Length, transport.Cipher.TryPause() ? ReceiveAction.Pause : ReceiveAction.Continue);
    }

    public void OnEnd()
    {
        _hasPeerEnded = true;
        Interlocked.MemoryBarrier(); // EndFailed changes the phase, then looks for this
        if (_phase != Phase.Running)
            inner.Abort();
        else if (transport.Cipher.End())
            _all.Post(this);
    }

    /// <summary>The transport below is gone; a handshake that runs ends with its next step.</summary>
    public void OnClosed() => _all.Post(this);

    /// <summary>It had not succeeded, and nothing of it is left.</summary>
    public void OnGone()
    {
        if (_phase == Phase.Waiting)
            _all.Count(TlsHandshakeResult.Closed);
        _all.Remove(this);
        acceptor.Slots.Release();
    }

    /// <summary>A place has become free.</summary>
    public void Resume() => inner.Resume();

    public void OnOverdue()
    {
        if (_phase != Phase.Failed)
            _all.Count(TlsHandshakeResult.Overdue);
        _phase = Phase.Failed;
        inner.Abort();
    }

    /// <summary>One step.</summary>
    public void Step()
    {
        if (!_hasHold)
            return; // it ended before it began
        if (Interlocked.Exchange(ref _hasBegun, 1) == 0)
            _ = RunAsync();
        else
            transport.Cipher.Wake();
    }

    private async Task RunAsync()
    {
        try
        {
            await transport.Ssl.AuthenticateAsServerAsync(TlsAcceptor.SelectOptions, acceptor, CancellationToken.None).ConfigureAwait(false);
            await transport.Cipher.DrainAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the library makes of what the peer has sent ends this connection, and no other.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
            transport.Release();
            return;
        }

        _all.Succeed(this, transport.Ssl.SslProtocol);
        transport.Open(acceptor.Acceptor);
    }

    /// <summary>The library has sent the alert, where there is one for the failure. Now it must arrive.</summary>
    private void Fail(Exception exception)
    {
        if (_phase != Phase.Failed) // overdue is what made it fail
        {
            var isClosed = exception is IOException and not { InnerException: AuthenticationException };
            _all.Fail(this, isClosed ? TlsHandshakeResult.Closed : TlsHandshakeResult.Failed, exception, transport.RemoteEndPoint);
        }

        EndFailed();
    }

    /// <summary>Somebody does not speak TLS.</summary>
    private ReceiveResult RefusePlain(Span<byte> bytes)
    {
        _all.Fail(this, TlsHandshakeResult.NotTls, exception: null, transport.RemoteEndPoint);
        // An HTTP request is answered in its own language; whatever else it is gets a clean end.
        if (char.IsAsciiLetterUpper((char)bytes[0]))
            inner.TrySend(acceptor.PlainHttpAnswer);
        EndFailed();
        return new ReceiveResult(bytes.Length, ReceiveAction.Discard);
    }

    private void EndFailed()
    {
        _phase = Phase.Failed;
        inner.Shutdown();
        transport.Cipher.Drop();
        Interlocked.MemoryBarrier();
        if (_hasPeerEnded)
            inner.Abort();
    }
}
