using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport.Tls;

internal sealed partial class TlsTransport
{
    // What is encrypted in one go. A record holds no more (RFC 8446 §5.1), so that at most one record of ciphertext ever waits.
    private const int RecordBytes = 16 * 1024;

    // Bytes that TrySend has encrypted although the kernel did not take them all. They are not counted as taken, since a connection that
    // has nothing left to send may abort; SendRemainder, which gets them next, leaves them out.
    private int _ahead;

    // What SendRemainder still has to encrypt, and whose it is.
    private ReadOnlyMemory<byte> _rest;
    private BlockPool.Block? _restOwner;

    // Where the sender stops while ciphertext is pending, until the transport below says that it has left.
    private Rendezvous _pendingWrite;
    private int _isSending; // 1 within TrySend and from SendRemainder to its end: nothing else may write meanwhile
    private int _isShutdown; // the close_notify has been sent, or is about to be

    private enum SendStatus
    {
        Sent,
        Pending,
        Broken,
    }

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(_ahead == 0, "What TrySend has not taken goes to SendRemainder next.");
        if (!TryHold())
            return -1;
        Volatile.Write(ref _isSending, 1);
        var taken = 0;
        var status = SendStatus.Sent;
        while (taken < bytes.Length && status == SendStatus.Sent)
        {
            var record = bytes.Slice(taken, Math.Min(bytes.Length - taken, RecordBytes));
            status = Encrypt(record);
            if (status == SendStatus.Sent)
                taken += record.Length;
            else
                _ahead = record.Length;
        }

        if (status == SendStatus.Sent)
            Volatile.Write(ref _isSending, 0);
        Release();
        return status == SendStatus.Broken ? -1 : taken;
    }

    public bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner)
    {
        if (!TryHold())
        {
            owner?.Return();
            return true;
        }

        Volatile.Write(ref _isSending, 1);
        var isPending = _ahead > 0;
        _rest = bytes[_ahead..];
        _restOwner = owner;
        _ahead = 0;
        if ((isPending && TryPark()) || !TrySendRest(out var isDone))
            return true; // OnSent or OnClosed goes on
        Release();
        return !isDone;
    }

    /// <summary>The ciphertext that was pending has left.</summary>
    public void OnSent()
    {
        // Read first: the handshake may go on, and be over, as soon as it knows.
        var isHandshaking = Volatile.Read(ref _handshake) is not null;
        _cipher.OnSent();
        if (!isHandshaking)
            Unpark();
    }

    public void Shutdown()
    {
        if (Interlocked.Exchange(ref _isShutdown, 1) != 0 || !TryHold())
            return;
        // RFC 8446 §6.1: the close_notify says that nothing follows. With bytes of it pending the half-close waits for them.
        if (Encrypt(default, isEnd: true) != SendStatus.Pending || !TryPark())
            EndShutdown();
    }

    /// <summary>
    /// The peer has said in TLS that it sends no more, but not yet in TCP: a socket disposed now would be reset, and the reset might
    /// overtake what was sent. Says goodbye instead, and waits for the peer's end; true once, and the next Abort cuts.
    /// </summary>
    private bool TryLinger()
    {
        if (Volatile.Read(ref _isPeerDone) == 0 || _isInnerEnded || _isLingering || Interlocked.CompareExchange(ref _isSending, 1, 0) != 0)
            return false;
        _isLingering = true;
        Shutdown();
        if (_isInnerEnded)
            _inner.Abort(); // it came just before
        return true;
    }

    private void Unpark()
    {
        if (!_pendingWrite.Signal())
            return;
        if (Volatile.Read(ref _isShutdown) != 0)
        {
            EndShutdown();
            return;
        }

        if (!TrySendRest(out var isDone))
            return;
        if (isDone)
            _handler!.OnSent();
        Release();
    }

    /// <summary>True: parked, and nothing of the send may be touched any more. False: what was pending is done.</summary>
    private bool TryPark() =>
        // The end may have come, and looked for somebody parked, just before.
        _pendingWrite.TryPark() && !(_isInnerClosed && _pendingWrite.TryTake());

    /// <summary>Encrypts the rest, record by record. False: parked. True, and not done: the stream is broken.</summary>
    private bool TrySendRest(out bool isDone)
    {
        isDone = false;
        while (!_isInnerClosed && !_rest.IsEmpty)
        {
            var record = _rest[..Math.Min(_rest.Length, RecordBytes)];
            _rest = _rest[record.Length..];
            var status = Encrypt(record.Span);
            if (status == SendStatus.Broken)
                break;
            if (status == SendStatus.Pending && TryPark())
                return false;
        }

        isDone = !_isInnerClosed && _rest.IsEmpty && !_cipher.IsBroken;
        _rest = default;
        _restOwner?.Return();
        _restOwner = null;
        Volatile.Write(ref _isSending, 0);
        return true;
    }

    /// <param name="record">Bytes for one record.</param>
    /// <param name="isEnd">The close_notify instead, RFC 8446 §6.1: no more bytes follow.</param>
    private SendStatus Encrypt(ReadOnlySpan<byte> record, bool isEnd = false)
    {
        _cipher.IsWritePending = false;
        try
        {
            if (isEnd)
                _ = _ssl!.ShutdownAsync(); // its one write never waits
            else
                _ssl!.Write(record);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or AuthenticationException)
        {
            Fail(SocketError.ConnectionAborted); // disposed or failed meanwhile, unless it is a fault of the library
            return SendStatus.Broken;
        }

        return _cipher.IsBroken ? SendStatus.Broken : _cipher.IsWritePending ? SendStatus.Pending : SendStatus.Sent;
    }

    private void EndShutdown()
    {
        _inner.Shutdown();
        Release();
    }
}
