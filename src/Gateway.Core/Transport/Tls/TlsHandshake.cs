using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// The handshake of one connection, garbage when it is over. It begins when the client's first record is whole, so that a silent client and
/// one that sends a part of it take nobody's place and no memory but their bytes; its steps (each all that can be done with what has come)
/// run where <see cref="TlsHandshakes"/> says.
/// </summary>
internal sealed class TlsHandshake : IMemoryHolder
{
    private readonly TlsTransport _transport;
    private readonly ITransport _inner;
    private readonly TlsAcceptor _acceptor;
    private readonly TlsHandshakes _all;
    private int _phase;
    private bool _isTls; // by the client's first byte
    private volatile bool _hasHold; // on the transport, for the steps; the last of them releases it
    private int _hasBegun; // 1 from the first step on
    private volatile bool _hasPeerEnded;
    private long _answeredAt;

    public TlsHandshake(TlsTransport transport, ITransport inner, TlsAcceptor acceptor)
    {
        (_transport, _inner, _acceptor, _all) = (transport, inner, acceptor, acceptor.Handshakes);
        Place = new FairPlaces<TlsHandshake>.Place(this);
    }

    private enum Phase
    {
        /// <summary>The first record is not whole.</summary>
        Reading,

        /// <summary>There is no place yet.</summary>
        Waiting,

        /// <summary>The steps run.</summary>
        Running,

        /// <summary>It has succeeded.</summary>
        Succeeded,

        /// <summary>It has failed; the peer is read to its end, or cut.</summary>
        Failed,
    }

    /// <summary>When it is cut, on the clock's timestamps. For <see cref="TlsHandshakes"/>.</summary>
    public long StartedAt { get; set; }

    /// <summary>How long it may take from then on.</summary>
    public TimeSpan Patience { get; set; }

    /// <summary>When it asked for a place. For <see cref="TlsHandshakes"/>.</summary>
    public long ArrivedAt { get; set; }

    /// <summary>Among those in progress. For <see cref="TlsHandshakes"/>.</summary>
    public FairPlaces<TlsHandshake>.Place Place { get; }

    /// <summary>When the client had its answer, on the clock's timestamps; 0: it has none yet. From then on it is the client that takes time.</summary>
    public long AnsweredAt => Volatile.Read(ref _answeredAt);

    public bool HasBegun => Volatile.Read(ref _hasBegun) != 0;

    public bool IsEnding => Now is Phase.Failed or Phase.Succeeded;

    public long WaitingBytes => _transport.UnconsumedBytes;

    public long HeldBytes => _transport.SessionHeld;

    public long PendingBytes => 0;

    private Phase Now => (Phase)Volatile.Read(ref _phase);

    public ReceiveResult OnReceived(Span<byte> bytes)
    {
        if (Now == Phase.Failed)
            return new ReceiveResult(bytes.Length, ReceiveAction.Discard);
        if (!_isTls && bytes[0] != TlsRecord.Handshake)
            return RefusePlain(bytes);
        _isTls = true;
        var cipher = _transport.Cipher;
        var input = cipher.Add(bytes);
        if (input == CipherInput.Short)
            return Discard(bytes, TlsHandshakeResult.Refused);
        if (input == CipherInput.Readable)
            _all.Post(this);
        if (Now == Phase.Reading)
        {
            if (cipher.HasRecord)
                Arrive();
            else if (cipher.Alert != 0)
                return RefuseRecord(bytes);
        }

        // Whoever waits for a place is read on, so that its end shows, up to the length of a record.
        return cipher.TrySettle(Now == Phase.Waiting ? TlsRecord.MaxBytes : 0, out var isPaused)
            ? new ReceiveResult(bytes.Length, isPaused ? ReceiveAction.Pause : ReceiveAction.Continue)
            : Discard(bytes, TlsHandshakeResult.Refused);
    }

    public void OnEnd()
    {
        _hasPeerEnded = true;
        Interlocked.MemoryBarrier(); // EndFailed changes the phase, then looks for this
        if (Now is not (Phase.Running or Phase.Succeeded))
            _inner.Abort();
        else if (_transport.Cipher.End())
            _all.Post(this);
    }

    /// <summary>The transport below is gone; a handshake that runs ends with its next step.</summary>
    public void OnClosed() => _all.Post(this);

    /// <summary>It had not succeeded, and nothing of it is left.</summary>
    public void OnGone()
    {
        if (Now is Phase.Reading or Phase.Waiting)
            _all.Count(TlsHandshakeResult.Closed);
        _all.Remove(this);
        _acceptor.Slots.Release();
    }

    /// <summary>It has a place. False: it does not need it any more.</summary>
    public bool TryBegin()
    {
        if (!TryChange(Phase.Waiting, Phase.Running) || !_transport.TryHold())
            return false;
        if (_all.IsShortOfMemory || !_transport.TryBeginSession())
        {
            Cut(TlsHandshakeResult.Refused);
            _transport.Release();
            return false;
        }

        _hasHold = true;
        _all.Post(this);
        return true;
    }

    public void OnOverdue() => Cut(TlsHandshakeResult.Overdue);

    public void OnDisplaced() => Cut(TlsHandshakeResult.Displaced);

    public void OnFault() => Cut(TlsHandshakeResult.Failed);

    /// <summary>Gives it up when the node needs what it holds: its bytes are back when this returns, its session as soon as no step runs. False: it was over.</summary>
    public bool Shed() => Cut(TlsHandshakeResult.Refused);

    /// <summary>One step.</summary>
    public void Step()
    {
        if (!_hasHold)
            return; // it ended before it began
        if (Interlocked.Exchange(ref _hasBegun, 1) == 0)
        {
            _ = RunAsync();
            Volatile.Write(ref _answeredAt, _all.Timestamp);
        }
        else
        {
            _transport.Cipher.Wake();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await _transport.Ssl.AuthenticateAsServerAsync(TlsAcceptor.SelectOptions, _acceptor, CancellationToken.None).ConfigureAwait(false);
            await _transport.Cipher.DrainAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the library makes of what the peer has sent ends this connection, and no other.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
            _transport.Release();
            return;
        }

        if (!TryChange(Phase.Running, Phase.Succeeded))
        {
            _transport.Release(); // cut just before
            return;
        }

        try
        {
            _all.Succeed(this, _transport.Ssl.SslProtocol);
            _transport.Open(_acceptor.Acceptor);
        }
#pragma warning disable CA1031 // A fault ends this connection, and no other.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _all.Faults.Report(e);
            _transport.Fail(SocketError.ConnectionAborted);
            _transport.Release();
        }
    }

    private void Arrive()
    {
        if (!TryChange(Phase.Reading, Phase.Waiting))
            return;
        if (_all.IsShortOfMemory)
            Cut(TlsHandshakeResult.Refused);
        else
            _all.Enter(this, _transport.RemoteEndPoint);
    }

    private bool TryChange(Phase from, Phase to) => Interlocked.CompareExchange(ref _phase, (int)to, (int)from) == (int)from;

    /// <summary>False: it had succeeded, or failed already.</summary>
    private bool TryFail()
    {
        for (var phase = Now; phase < Phase.Succeeded; phase = Now)
        {
            if (TryChange(phase, Phase.Failed))
                return true;
        }

        return false;
    }

    /// <summary>Ends it at once, and gives back what it holds. False: it was over.</summary>
    private bool Cut(TlsHandshakeResult result)
    {
        var wasUnfinished = TryFail();
        if (wasUnfinished)
            _all.Count(result);
        else if (Now == Phase.Succeeded)
            return false;
        _all.Leave(this);
        _transport.Cipher.Drop();
        _inner.Abort();
        return wasUnfinished;
    }

    private ReceiveResult Discard(Span<byte> bytes, TlsHandshakeResult result)
    {
        if (!Cut(result))
            _transport.Fail(SocketError.NoBufferSpaceAvailable); // it has just succeeded
        return new ReceiveResult(bytes.Length, ReceiveAction.Discard);
    }

    /// <summary>The library has sent the alert, where there is one for the failure. Now it must arrive.</summary>
    private void Fail(Exception exception)
    {
        if (TryFail()) // else what cut it has made it fail
        {
            var isClosed = exception is IOException and not { InnerException: AuthenticationException };
            _all.Fail(this, isClosed ? TlsHandshakeResult.Closed : TlsHandshakeResult.Failed, exception.GetBaseException().Message, _transport.RemoteEndPoint);
        }

        EndFailed();
    }

    /// <summary>Somebody does not speak TLS.</summary>
    private ReceiveResult RefusePlain(Span<byte> bytes)
    {
        // An HTTP request is answered in its own language; whatever else it is gets a clean end.
        return Refuse(bytes, TlsHandshakeResult.NotTls, char.IsAsciiLetterUpper((char)bytes[0]) ? _acceptor.PlainHttpAnswer : []);
    }

    /// <summary>What began as TLS goes on as something else, or wants more room than a record may have.</summary>
    private ReceiveResult RefuseRecord(Span<byte> bytes) =>
        Refuse(bytes, TlsHandshakeResult.Failed, TlsRecord.FatalAlert(_transport.Cipher.Alert));

    private ReceiveResult Refuse(Span<byte> bytes, TlsHandshakeResult result, ReadOnlySpan<byte> answer)
    {
        if (TryFail())
        {
            _all.Fail(this, result, "", _transport.RemoteEndPoint);
            if (!answer.IsEmpty)
                _inner.TrySend(answer);
            EndFailed();
        }

        return new ReceiveResult(bytes.Length, ReceiveAction.Discard);
    }

    private void EndFailed()
    {
        _inner.Shutdown();
        _transport.Cipher.Drop();
        Interlocked.MemoryBarrier();
        if (_hasPeerEnded)
            _inner.Abort();
    }
}
