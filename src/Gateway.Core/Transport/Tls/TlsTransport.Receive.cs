using System.Net.Sockets;
using System.Security.Authentication;

namespace Gateway.Core.Transport.Tls;

internal sealed partial class TlsTransport
{
    // Room for what SslStream decrypts in one go, beside what a handler has left: so that it has nothing left, and gives its buffer back.
    private const int PlainBytes = CipherStream.LibraryBytes;

    // A request is the most that a handler leaves: see HandshakeOptions.MaxRequestBytes.
    private const int MaxPlainBytes = 128 * 1024;

    // Where the receive chain stops, and what it waits for there; null: it has not stopped.
    private Rendezvous _pause;
    private TaskCompletionSource? _resumed;

    // What has been decrypted and not consumed; owned by the receive chain. As many are on their way as there are threads; what a handler
    // leaves is kept in a buffer of its size, for which the account is asked.
    private byte[]? _plain;
    private int _plainLength;
    private bool _isPlainKept;

    private int _isPeerDone; // the handler knows that the peer has ended: by its close_notify, or as the next
    private volatile bool _isInnerEnded; // the transport below has come to the peer's end
    private volatile bool _isDiscarding;
    private volatile bool _isLingering;

    public bool IsUnfinished => Volatile.Read(ref _handshake) is not null || _cipher.UnconsumedBytes > 0 || _handler is not { IsUnfinished: false };

    /// <summary>Ciphertext came.</summary>
    public ReceiveResult OnReceived(Span<byte> bytes)
    {
        if (Volatile.Read(ref _handshake) is { } handshake)
            return handshake.OnReceived(bytes);
        // What comes after the peer's close_notify or our failure is not even decrypted.
        if (_isDiscarding)
            return new ReceiveResult(bytes.Length, ReceiveAction.Discard);
        var input = _cipher.Add(bytes);
        if (input == CipherInput.Readable)
            _cipher.Wake();
        if (input == CipherInput.Short || !_cipher.TrySettle(leeway: 0, out var isPaused))
        {
            OnShort();
            return new ReceiveResult(bytes.Length, ReceiveAction.Discard);
        }

        return new ReceiveResult(bytes.Length, isPaused ? ReceiveAction.Pause : ReceiveAction.Continue);
    }

    public void OnEnd()
    {
        _isInnerEnded = true;
        if (Volatile.Read(ref _handshake) is { } handshake)
            handshake.OnEnd();
        else if (_isLingering)
            _inner.Abort();
        else if (_isDiscarding)
            EndReceive();
        else if (_cipher.End())
            _cipher.Wake();
    }

    public void Resume()
    {
        if (_pause.Signal())
            _resumed!.SetResult();
    }

    /// <summary>The receive chain, from the handshake's end to the peer's, an error, or a handler that wants to hear no more.</summary>
    private async Task ReceiveAsync()
    {
        try
        {
            while (!_isDiscarding)
            {
                // With no bytes asked for, SslStream gives its buffers back while it waits (dotnet/runtime 49019), and so do we.
                _cipher.BeginRead();
                await _ssl!.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
                if (_isInnerClosed)
                    break;
                if (!await TryDecryptAsync().ConfigureAwait(false))
                {
                    EndReceive();
                    break;
                }

                while (!await PresentAsync().ConfigureAwait(false))
                {
                    // again
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or AuthenticationException)
        {
            // A record that cannot be decrypted, or the end of the stream within one.
            Fail(SocketError.ConnectionAborted);
        }
#pragma warning disable CA1031 // A fault ends this connection, and no other.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _faults.Report(e);
            Fail(SocketError.ConnectionAborted);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>False: the peer has ended.</summary>
    private async ValueTask<bool> TryDecryptAsync()
    {
        MakeRoom();
        var received = await _ssl!.ReadAsync(_plain.AsMemory(_plainLength)).ConfigureAwait(false);
        _plainLength += received;
        return received > 0;
    }

    /// <summary>Gives the handler what there is. False: it is to be presented again.</summary>
    private async ValueTask<bool> PresentAsync()
    {
        var result = _handler!.OnReceived(_plain.AsSpan(0, _plainLength));
        Consume(result.Consumed);
        if (_plainLength > 0 && result.Action != ReceiveAction.Discard && !TryKeepPlain())
        {
            _handler.OnShort();
            Discard();
            DropPlain();
            return true;
        }

        switch (result.Action)
        {
            case ReceiveAction.Yield:
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                break;
            case ReceiveAction.Pause:
                await PauseAsync().ConfigureAwait(false);
                break;
            case ReceiveAction.Discard:
                DropPlain();
                _isDiscarding = true;
                _cipher.Drop();
                break;
        }

        return result.Action is ReceiveAction.Continue or ReceiveAction.Discard || _plainLength == 0 || _isInnerClosed;
    }

    /// <summary>Waits for Resume, unless it has come already.</summary>
    private async ValueTask PauseAsync()
    {
        var resumed = _resumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The end may have come, and looked for somebody parked, just before.
        if (_pause.TryPark() && !(_isInnerClosed && _pause.TryTake()))
            await resumed.Task.ConfigureAwait(false);
        _resumed = null;
    }

    private void WakeReceive()
    {
        if (_pause.TryTake())
            _resumed!.SetResult();
    }

    /// <summary>The peer has sent its last byte.</summary>
    private void EndReceive()
    {
        if (_isInnerClosed || Interlocked.Exchange(ref _isPeerDone, 1) != 0)
            return;
        _isDiscarding = true;
        _cipher.Drop();
        _handler!.OnEnd();
    }

    /// <summary>
    /// The node has no memory for what has come. TLS has no word for that which the peer would wait for, and the next record cannot be read
    /// without this one: the stream ends.
    /// </summary>
    public void OnShort()
    {
        _isDiscarding = true;
        _cipher.Drop();
        Fail(SocketError.NoBufferSpaceAvailable);
    }

    private void MakeRoom()
    {
        if (_plainLength >= MaxPlainBytes)
            throw new InvalidOperationException("The handler leaves more than a request.");
        ReplacePlain(_context.Buffers.Rent(_plainLength + PlainBytes));
        _isPlainKept = false;
    }

    /// <summary>Keeps what the handler has left. False: there is no room for it.</summary>
    private bool TryKeepPlain()
    {
        if (_isPlainKept)
            return true;
        if (!_context.Buffers.TryRent(_plainLength, out var kept))
            return false;
        ReplacePlain(kept);
        return _isPlainKept = true;
    }

    private void ReplacePlain(byte[] buffer)
    {
        var former = _plain;
        former.AsSpan(0, _plainLength).CopyTo(buffer);
        _plain = buffer;
        if (former is not null)
            _context.Buffers.Return(former);
    }

    private void Consume(int count)
    {
        _plainLength -= count;
        if (_plainLength == 0)
            DropPlain();
        else if (count > 0)
            _plain.AsSpan(count, _plainLength).CopyTo(_plain);
    }

    private void DropPlain()
    {
        if (_plain is null)
            return;
        _context.Buffers.Return(_plain);
        _plain = null;
        _plainLength = 0;
    }
}
