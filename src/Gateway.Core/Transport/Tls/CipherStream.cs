using System.Threading.Tasks.Sources;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// Stands between <see cref="System.Net.Security.SslStream"/>, which pulls, and a transport, which pushes. What the transport receives
/// is kept, in a rented buffer, only until it is read; while there is some, the transport is paused. A write never waits: what the
/// kernel does not take leaves as the transport's remainder.
/// </summary>
internal sealed class CipherStream(ITransport transport, TransportContext context) : Stream, IValueTaskSource<int>
{
    private readonly Lock _gate = new();

    // The read that waits for ciphertext. Whoever completes it runs what follows, up to the next read that waits: the receive chain
    // inline, a handshake's steps on the pool.
    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _destination;
    private bool _isReading;

    // Guarded by the gate, as the fields above.
    private byte[]? _received;
    private int _start;
    private int _end;
    private bool _isEnded; // nothing more comes
    private bool _isDropped; // what comes is not looked at any more
    private bool _isPaused;

    private volatile TaskCompletionSource? _sent; // ends with the remainder of an earlier WriteAsync

    /// <summary>The last write did not leave at once: the transport's <c>OnSent</c> or <c>OnClosed</c> follows. For the writer only.</summary>
    public bool IsWritePending { get; set; }

    /// <summary>The transport is broken: what is written goes nowhere.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Memory of what has come and has not been read. Read without a lock: for the memory governor.</summary>
    public int HeldBytes => _received?.Length ?? 0;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes ciphertext in. True: a read waits for it, and <see cref="Wake"/> completes it.</summary>
    public bool Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isDropped || bytes.IsEmpty)
                return false;
            var held = _end - _start;
            var buffer = context.Buffers.Rent(held + bytes.Length);
            if (_received is not null)
            {
                _received.AsSpan(_start, held).CopyTo(buffer);
                context.Buffers.Return(_received);
            }

            bytes.CopyTo(buffer.AsSpan(held));
            (_received, _start, _end) = (buffer, 0, held + bytes.Length);
            return _isReading;
        }
    }

    /// <summary>Nothing more comes. True: a read waits, and <see cref="Wake"/> completes it.</summary>
    public bool End()
    {
        lock (_gate)
        {
            _isEnded = true;
            return _isReading;
        }
    }

    /// <summary>Completes the read that waits, if there is something for it; the reader goes on within this call.</summary>
    public void Wake()
    {
        int count;
        lock (_gate)
        {
            if (!_isReading || (_received is null && !_isEnded))
                return;
            _isReading = false;
            count = Take(_destination.Span);
            _destination = default;
        }

        _read.SetResult(count);
    }

    /// <summary>True: there is ciphertext that nobody has read yet, and the transport is to pause; the read that empties it resumes it.</summary>
    public bool TryPause()
    {
        lock (_gate)
        {
            _isPaused = _received is not null;
            return _isPaused;
        }
    }

    /// <summary>Drops what has been received and all that follows.</summary>
    public void Drop()
    {
        bool mustResume;
        lock (_gate)
        {
            _isDropped = true;
            ReturnReceived();
            mustResume = _isPaused;
            _isPaused = false;
        }

        if (mustResume)
            transport.Resume();
    }

    /// <summary>The transport's remainder has left, or never will.</summary>
    public void OnSent() => _sent?.TrySetResult();

    /// <summary>A read of no bytes completes when there are some.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        bool mustResume;
        short version;
        lock (_gate)
        {
            if (_received is not null || _isEnded)
                return new ValueTask<int>(Take(buffer.Span));
            _read.Reset();
            version = _read.Version;
            _destination = buffer;
            _isReading = true;
            mustResume = _isPaused;
            _isPaused = false;
        }

        if (mustResume)
            transport.Resume();
        return new ValueTask<int>(this, version);
    }

    /// <summary>A record of data. Nothing is pending when it comes: the sender has seen to that.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var sent = transport.TrySend(buffer);
        IsBroken |= sent < 0;
        if (sent < 0 || sent == buffer.Length)
            return;
        var block = context.Blocks.Rent();
        var rest = buffer[sent..];
        rest.CopyTo(block.Bytes);
        IsWritePending = transport.SendRemainder(block.Bytes.AsMemory(0, rest.Length), block);
    }

    /// <summary>A flight of the handshake, or the close_notify.</summary>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A chain of certificates may be longer than a block.
        for (var rest = buffer; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, context.Blocks.BlockBytes)..])
        {
            if (_sent is { } earlier)
                await earlier.Task.ConfigureAwait(false);
            // Before the write, whose end may be told on another thread, and before this call goes on.
            _sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            IsWritePending = false;
            Write(rest.Span[..Math.Min(rest.Length, context.Blocks.BlockBytes)]);
            if (!IsWritePending)
                _sent = null;
        }
    }

    /// <summary>Waits until what <see cref="WriteAsync"/> has written has left.</summary>
    public Task DrainAsync() => _sent?.Task ?? Task.CompletedTask;

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    private int Take(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _end - _start);
        _received.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        if (_start == _end)
            ReturnReceived();
        return count;
    }

    private void ReturnReceived()
    {
        if (_received is null)
            return;
        context.Buffers.Return(_received);
        _received = null;
        _start = _end = 0;
    }
}
