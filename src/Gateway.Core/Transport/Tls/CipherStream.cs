using System.Threading.Tasks.Sources;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// Stands between <see cref="System.Net.Security.SslStream"/>, which pulls, and a transport, which pushes. What the transport receives
/// is kept, in a counted buffer no larger than what came, until a record is whole, and is read only then: SslStream never waits with a part
/// of one, and so holds no buffer of its own that nobody counts. While whole records wait, the transport is paused. A write never waits:
/// what the kernel does not take leaves as the transport's remainder.
/// </summary>
internal sealed partial class CipherStream(ITransport transport, TransportContext context) : Stream, IValueTaskSource<int>
{
    /// <summary>What SslStream's buffer takes from the pool while it has one.</summary>
    public const int LibraryBytes = 32 * 1024;

    private readonly Lock _gate = new();

    // The read that waits for ciphertext. Whoever completes it runs what follows, up to the next read that waits: the receive chain
    // inline, a handshake's steps on the pool.
    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _destination;
    private bool _isReading;

    // Guarded by the gate, as the fields above.
    private byte[]? _received;
    private int _start;
    private int _whole; // the end of the last whole record
    private int _end;
    private int _rest; // what is still to be read of a record that its reader had no room for
    private bool _isAsked = true; // the account had room for the buffer, or is asked when the records in it were not read at once
    private int _library; // what SslStream holds while it waits, counted
    private bool _hasTaken; // ciphertext, since the receive chain last asked for some
    private bool _isOpen; // the handshake is over: before, SslStream's buffer is part of what that holds
    private bool _isEnded; // nothing more comes
    private bool _isDropped; // what comes is not looked at any more
    private bool _isPaused;

    private volatile TaskCompletionSource? _sent; // ends with the remainder of an earlier WriteAsync

    /// <summary>Bytes of the account that are kept for what has come. Any thread.</summary>
    public int UnconsumedBytes => (Volatile.Read(ref _received)?.Length ?? 0) + Volatile.Read(ref _library);

    /// <summary>The alert that answers a header which is none of TLS; 0: there was none.</summary>
    public byte Alert { get; private set; }

    /// <summary>A whole record has come that nobody has read.</summary>
    public bool HasRecord
    {
        get
        {
            lock (_gate)
                return _whole > _start;
        }
    }

    /// <summary>The last write did not leave at once: the transport's <c>OnSent</c> or <c>OnClosed</c> follows. For the writer only.</summary>
    public bool IsWritePending { get; set; }

    /// <summary>The transport is broken: what is written goes nowhere.</summary>
    public bool IsBroken { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes ciphertext in.</summary>
    public CipherInput Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isDropped || Alert != 0 || bytes.IsEmpty)
                return CipherInput.Kept;
            if (!TryAppend(bytes))
            {
                _isDropped = true;
                ReturnReceived();
                return CipherInput.Short;
            }

            FindRecords();
            return _isReading && IsReadable ? CipherInput.Readable : CipherInput.Kept;
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

    /// <summary>The receive chain asks for records: what SslStream keeps from here on while it waits is counted.</summary>
    public void BeginRead() => (_isOpen, _hasTaken) = (true, false); // no read waits: nobody else looks at them

    /// <summary>Completes the read that waits, if there is something for it; the reader goes on within this call.</summary>
    public void Wake()
    {
        var count = 0;
        Exception? fault = null;
        lock (_gate)
        {
            if (!_isReading || !IsReadable)
                return;
            _isReading = false;
            LetGoOfLibrary();
            if (!TryTake(_destination.Span, out count))
                fault = BadRecord();
            _destination = default;
        }

        if (fault is null)
            _read.SetResult(count);
        else
            _read.SetException(fault);
    }

    /// <summary>
    /// What has come and was not read at once is kept, where the account has room for it: false where not. The transport is to pause while more
    /// than <paramref name="leeway"/> bytes of whole records wait; the read that empties them resumes it.
    /// </summary>
    public bool TrySettle(int leeway, out bool isPaused)
    {
        lock (_gate)
        {
            isPaused = _isPaused = _whole - _start > leeway;
            return TryKeep();
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

    /// <summary>A read of no bytes completes when there is a whole record.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        bool mustResume;
        short version;
        lock (_gate)
        {
            if (IsReadable)
                return TryTake(buffer.Span, out var count) ? new ValueTask<int>(count) : ValueTask.FromException<int>(BadRecord());
            // What it has read held no data (an update of keys, a record of no bytes), and SslStream keeps its buffer while it waits on.
            if (_isOpen && _hasTaken && _library == 0)
            {
                if (!context.Buffers.Account.TryAdd(LibraryBytes))
                    return ValueTask.FromException<int>(new IOException("The node has no memory for this connection."));
                _library = LibraryBytes;
            }

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
}
