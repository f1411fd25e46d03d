using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

internal sealed partial class Connection
{
    // A remainder leaves in pieces of so much, so that the send deadline measures progress and not the size of a message.
    private const int RemainderBytes = 64 * 1024;

    // As much as the queue rents for the first answer anyway.
    private const int FreeReplyBytes = 2048;

    // One flush in so many is recorded in the histogram of batch sizes.
    private const int FlushSample = 64;

    [ThreadStatic]
    private static int t_flushes;

    private OutboundQueue? _queue; // guarded by the lock; rented while something waits
    private bool _isSending; // one sender at a time; guarded by the lock
    private ushort _pendingBlockBytes; // 32 KiB at most; rented for the pending send; read without the lock: for the memory governor
    private int _largeInFlight; // bytes of a large frame in the pending send; owned by the sender
    private long _sendDeadline; // of the pending send, on the heartbeat's clock; 0: none is pending

    /// <summary>Bytes waiting in the outbound queue, read without the lock: for metrics.</summary>
    public long QueuedBytes => _queue is { } queue ? queue.DataBytes + queue.ControlBytes : 0;

    /// <summary>Bytes rented for what the kernel has not taken, which come back when it has, or when the connection is gone.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBlockBytes);

    /// <summary>Whether something waits that the kernel has not taken, read without the lock: for traces.</summary>
    public bool IsBehind => _isSending || _queue is not null;

    /// <summary>
    /// Queues a data frame; <see cref="Flush"/> sends it. False: the connection is not open, or its queue is full, which closes it as a
    /// slow consumer. Not counted: a shard counts the frames of a whole publication at once.
    /// </summary>
    public bool Enqueue(OutboundFrame frame)
    {
        lock (this)
        {
            if (_state != ConnectionState.Open)
                return false;
            // In the order of the queue, of which nothing is left out while the connection is open.
            if (Compression?.Own is { } compressor)
                frame = compressor.Compress(frame);
            var queue = Queue();
            if (queue.DataBytes + frame.Length <= _context.Options.Limits.MaxQueueBytes)
            {
                queue.Add(frame);
                return true;
            }
        }

        CloseAsSlow();
        return false;
    }

    /// <summary>Queues an answer to what is being received; it leaves at the end of the turn. No rule drops it.</summary>
    public void Reply(OutboundFrame frame)
    {
        if (Compression?.Shared is { } compressor)
            frame = compressor.Compress(frame);
        lock (this)
        {
            if (_state != ConnectionState.Open)
                return;
            if (Compression?.Own is { } own)
                frame = own.Compress(frame);
            var queue = Queue();
            if (queue.DataBytes + frame.Length <= MaxReplyBytes(queue) && MayWait(queue, frame.Length))
            {
                queue.Add(frame);
                CountSent(frame.Opcode, frame.Length);
                return;
            }
        }

        CloseAsFull();
    }

    /// <summary>The same, encoded in the queue's own memory: for answers that are as frequent as what they answer.</summary>
    public void Reply(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (Compression is not null)
        {
            Reply(OutboundFrame.Create(opcode, payload));
            return;
        }

        lock (this)
        {
            if (_state != ConnectionState.Open)
                return;
            var queue = Queue();
            var length = FrameHeader.SizeOf(payload.Length, masked: false) + payload.Length;
            if (queue.DataBytes + length <= MaxReplyBytes(queue) && MayWait(queue, length))
            {
                queue.Add(opcode, payload);
                CountSent(opcode, length);
                return;
            }
        }

        CloseAsFull();
    }

    /// <summary>Queues a data frame and sends it.</summary>
    public void Send(OutboundFrame frame)
    {
        Reply(frame);
        Flush();
    }

    /// <summary>
    /// Sends frames that many share, corked, a block at most, without queueing them. False: something waits already, or the frames must be made its own;
    /// then they are to be queued. Not counted, as with <see cref="Enqueue(OutboundFrame)"/>.
    /// </summary>
    public bool TrySendNow(ReadOnlySpan<byte> corked, int frames)
    {
        lock (this)
        {
            if (_isSending || _queue is not null || _state != ConnectionState.Open || Compression?.Own is not null)
                return false;
            _isSending = true;
        }

        SampleBatch(frames);
        try
        {
            if (!TrySendCorked(corked))
                return true;
        }
#pragma warning disable CA1031 // As in SendQueued.
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e);
            _transport.Abort();
            return true;
        }

        lock (this)
        {
            // Nothing came meanwhile, and nothing was put off until now: the usual case.
            if (_queue is null && _state == ConnectionState.Open && _pause != MessageResult.AwaitSent)
            {
                _isSending = false;
                return true;
            }
        }

        SendQueued();
        return true;
    }

    /// <summary>
    /// Sends what is queued, corked, unless another thread is at it: that one looks again before it leaves.
    /// </summary>
    public void Flush()
    {
        lock (this)
        {
            if (_isSending || _queue is null)
                return;
            _isSending = true;
        }

        SendQueued();
    }

    public void OnSent()
    {
        (_sendDeadline, _pendingBlockBytes) = (0, 0);
        if (_largeInFlight > 0)
        {
            lock (this)
                _queue?.AdvanceLarge(_largeInFlight);
            _largeInFlight = 0;
        }

        SendQueued();
    }

    /// <summary>An answer found no room in the queue; or in the node, although the queue had some.</summary>
    private void CloseAsFull()
    {
        if (Memory.HasRoom(0))
            CloseAsSlow();
        else if (Close(CloseReason.TryAgainLater))
            Report(Limit.Memory);
    }

    /// <summary>What did not fit is the first that is dropped.</summary>
    private void CloseAsSlow()
    {
        _context.Metrics.Drops[(int)DropReason.SlowConsumer].Add(1);
        Close(CloseReason.SlowConsumer);
    }

    private void EnqueueControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        lock (this)
        {
            if (_state != ConnectionState.Open)
                return;
            var queue = Queue();
            // A quarter of the data bound: 8,000 of the largest pongs by default. A peer that sends more pings than it takes pongs is ended.
            var length = FrameHeader.SizeOf(payload.Length, masked: false) + payload.Length;
            if (queue.ControlBytes + length <= _context.Options.Limits.MaxQueueBytes / 4)
            {
                queue.AddControl(opcode, payload);
                CountSent(opcode, length);
                return;
            }
        }

        Close(CloseReason.TooManyControlFrames);
    }

    /// <summary>The sender's loop. A fault ends the connection, since nobody would send for it any more.</summary>
    private void SendQueued()
    {
        try
        {
            SendAll();
        }
#pragma warning disable CA1031 // Whoever sends may be any thread of the node: an engine's, a shard's, the clock's.
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e);
            _transport.Abort();
        }
    }

    /// <summary>Until nothing waits or the kernel takes no more.</summary>
    private void SendAll()
    {
        var cork = ThreadBlock.Cork;
        while (true)
        {
            int corked;
            ReadOnlyMemory<byte> large;
            lock (this)
            {
                if (_queue?.Skipped is { } skipped)
                    QueueSkipped(skipped, isLast: false);
                if (_queue is null || _queue.IsEmpty)
                {
                    ReturnQueue();
                    _isSending = false;
                    break;
                }

                corked = _queue.Next(cork, out large, out var frames);
                SampleBatch(frames);
            }

            if (!(corked > 0 ? TrySendCorked(cork[..corked]) : TrySendLarge(large)))
                return;
        }

        OnAllSent();
    }

    /// <summary>True: all has left. False: the rest is pending, or the stream is broken.</summary>
    private bool TrySendCorked(ReadOnlySpan<byte> bytes)
    {
        var sent = _transport.TrySend(bytes);
        if (sent == bytes.Length)
            return true;
        if (sent < 0)
            return false;
        // The thread's block serves the next connection at once: what waits moves to a block of its own.
        var rest = bytes[sent..];
        var (small, large) = (_context.Transport.SmallBlocks, _context.Transport.Blocks);
        var block = (rest.Length <= small.BlockBytes ? small : large).Rent();
        rest.CopyTo(block.Bytes);
        _pendingBlockBytes = checked((ushort)block.Bytes.Length);
        return !SendRemainder(block.Bytes.AsMemory(0, rest.Length), block);
    }

    private bool TrySendLarge(ReadOnlyMemory<byte> bytes)
    {
        var sent = _transport.TrySend(bytes.Span);
        if (sent < 0)
            return false;
        lock (this)
            _queue?.AdvanceLarge(sent);
        if (sent == bytes.Length)
            return true;
        var rest = bytes.Slice(sent, Math.Min(bytes.Length - sent, RemainderBytes));
        _largeInFlight = rest.Length;
        if (SendRemainder(rest, owner: null))
            return false;
        lock (this)
            _queue?.AdvanceLarge(_largeInFlight);
        _largeInFlight = 0;
        return true;
    }

    /// <summary>True: pending.</summary>
    private bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner)
    {
        // Before the send: its completion may run on another thread, and before this call returns.
        _sendDeadline = _context.Clock.Now + (long)_context.Options.Transport.SendTimeout.TotalMilliseconds;
        if (_transport.SendRemainder(bytes, owner))
            return true;
        (_sendDeadline, _pendingBlockBytes) = (0, 0);
        return false;
    }

    private bool IsSendPending => Volatile.Read(ref _sendDeadline) != 0;

    private bool IsSendOverdue(long now) => Volatile.Read(ref _sendDeadline) is not 0 and var deadline && now >= deadline;

    private void OnSendOverdue()
    {
        // The pending bytes stand in front of every close frame: it cannot arrive in this lifetime.
        Close(CloseReason.SlowConsumer);
        _transport.Abort();
    }

    /// <summary>Publications that are dropped rather than the client must not cost it its answers: those may go above them, up to as much again.</summary>
    private long MaxReplyBytes(OutboundQueue queue) => _context.Options.Limits.MaxQueueBytes * (queue.IsSparing ? 2L : 1L);

    /// <summary>Little may always wait: a node without room must still be able to say so, and most answers leave at once.</summary>
    private bool MayWait(OutboundQueue queue, int length) => queue.DataBytes + length <= FreeReplyBytes || Memory.HasRoom(length);

    private OutboundQueue Queue() => _queue ??= _context.Queues.Rent();

    private void ReturnQueue()
    {
        if (_queue is null)
            return;
        _context.Queues.Return(_queue);
        _queue = null;
    }

    private void CountSent(Opcode opcode, long bytes) => _context.Metrics.MessagesSent.Add(Protocol!.Label, KindOf(opcode), 1, bytes);

    private void SampleBatch(int frames)
    {
        if (++t_flushes % FlushSample == 0)
            _context.Metrics.FlushBatch.Record(frames);
    }
}
