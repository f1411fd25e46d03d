using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

/// <summary>
/// A client that reads more slowly than its channels speak: what the channel's rule says of its publications, and how the client learns of
/// it. Nobody else comes here, but for channels whose rule is not the default and whose publications have to be queued.
/// </summary>
internal sealed partial class Connection
{
    /// <summary>
    /// What the rules have dropped and replaced for it, by channel.
    /// </summary>
    public IReadOnlyList<ChannelSkips> ReadSkips()
    {
        lock (this)
            return _context.Skipped.Find(this)?.Read() ?? [];
    }

    /// <summary>Queues a publication; <see cref="Flush"/> sends it. Not counted, as with <see cref="Enqueue(OutboundFrame)"/>.</summary>
    public EnqueueResult Enqueue(OutboundFrame frame, OutboundChannel channel, IKeyedPublication publication)
    {
        if (!channel.Policy.IsDefault)
            return EnqueueByRule(frame, channel, publication);
        return Enqueue(frame) ? EnqueueResult.Queued : EnqueueResult.Closed;
    }

    /// <summary>The client leaves the channel: it is told what it has not been told, and what was counted for it is forgotten.</summary>
    public void LeaveChannel(string channel)
    {
        if (_context.Skipped.IsEmpty)
            return;
        lock (this)
        {
            if (_context.Skipped.Find(this) is not { } skipped)
                return;
            if (_state == ConnectionState.Open && skipped.Due(0, isLast: true).Contains(channel))
                QueueSkipped(channel, skipped);
            skipped.Forget(channel);
        }
    }

    private EnqueueResult EnqueueByRule(OutboundFrame frame, OutboundChannel channel, IKeyedPublication publication)
    {
        long maxBytes = _context.Options.Limits.MaxQueueBytes;
        lock (this)
        {
            if (_state != ConnectionState.Open)
                return EnqueueResult.Closed;
            var queue = Queue();
            // Once behind, it is until all has left: the sender may be between two sends at this moment.
            queue.IsBehind |= Volatile.Read(ref _sendDeadline) != 0;
            if (!queue.IsBehind && queue.DataBytes + frame.Length <= maxBytes)
            {
                queue.Add(Compression?.Own is { } compressor ? compressor.Compress(frame) : frame);
                return EnqueueResult.Queued;
            }

            var result = Compression?.Own is { } own ? AddCompressed(queue, own, frame, channel, maxBytes) : AddBehind(queue, frame, channel, publication, maxBytes);
            if (result.Verdict != BehindVerdict.Full)
            {
                Account(queue, channel, result);
                return result.Verdict == BehindVerdict.Queued ? EnqueueResult.Queued : EnqueueResult.Dropped;
            }
        }

        CloseAsSlow();
        return EnqueueResult.Closed;
    }

    private static BehindResult AddBehind(OutboundQueue queue, OutboundFrame frame, OutboundChannel channel, IKeyedPublication publication, long maxBytes)
    {
        var choice = channel.Policy.Choice;
        var key = choice == SlowConsumer.Conflate ? publication.KeyBy(channel.Policy.Key) : null;
        return queue.AddBehind(frame, channel, choice, key, maxBytes);
    }

    /// <summary>Messages depend on the ones before, so that none can be taken out of the queue: whatever else the rule says, the new one is dropped.</summary>
    private static BehindResult AddCompressed(OutboundQueue queue, DedicatedCompressor own, OutboundFrame frame, OutboundChannel channel, long maxBytes)
    {
        var isSpared = channel.Policy.Choice != SlowConsumer.Disconnect;
        if (!queue.HasRoom(frame.Length, channel, maxBytes))
            return new BehindResult(isSpared ? BehindVerdict.Refused : BehindVerdict.Full, Dropped: 0, Conflated: 0);
        queue.AddWaiting(own.Compress(frame), channel, key: null);
        return new BehindResult(BehindVerdict.Queued, Dropped: 0, Conflated: 0);
    }

    /// <summary>Under the lock.</summary>
    private void Account(OutboundQueue queue, OutboundChannel channel, BehindResult result)
    {
        queue.IsSparing |= channel.Policy.Choice != SlowConsumer.Disconnect;
        if (result is { Verdict: BehindVerdict.Queued, Dropped: 0, Conflated: 0 })
            return;
        var skipped = queue.Skipped ??= _context.Skipped.Of(this);
        if (result.Conflated > 0)
        {
            _context.Metrics.Conflated.Add(result.Conflated);
            skipped.AddConflated(channel.Name);
        }

        if (result.Dropped > 0)
            Drop(DropReason.DropOldest, result.Dropped);
        if (result.Verdict == BehindVerdict.Refused)
            Drop(DropReason.DropNewest, 1);

        void Drop(DropReason reason, int count)
        {
            _context.Metrics.Drops[(int)reason].Add(count);
            skipped.Add(channel.Name, reason, count);
        }
    }

    /// <summary>Drops what waits for the client and may be dropped. False: nothing is.</summary>
    private bool ShedWaiting()
    {
        lock (this)
        {
            if (_state != ConnectionState.Open || _queue is not { IsSparing: true } queue || Compression?.Own is not null)
                return false;
            var dropped = queue.DropWaiting();
            foreach (var (channel, count) in dropped)
            {
                _context.Metrics.Drops[(int)DropReason.Memory].Add(count);
                (queue.Skipped ??= _context.Skipped.Of(this)).Add(channel.Name, DropReason.Memory, count);
            }

            return dropped.Count > 0;
        }
    }

    /// <summary>On the clock: tells what was not told with what has left since. While something is pending, the sender will.</summary>
    private void TellSkipped()
    {
        if (_context.Skipped.Find(this) is not { } skipped)
            return;
        lock (this)
        {
            if (_state != ConnectionState.Open || _isSending)
                return;
            QueueSkipped(skipped, isLast: false);
        }

        Flush();
    }

    /// <summary>Under the lock. Among the control frames: it is told before what waits, and is never dropped.</summary>
    private void QueueSkipped(SkippedPublications skipped, bool isLast)
    {
        if (skipped.Untold == 0)
            return;
        foreach (var channel in skipped.Due(_context.Clock.Now, isLast).ToArray())
        {
            // Half of what control frames may take: the pongs keep the other. The rest is told with the next send.
            if (_queue?.ControlBytes > _context.Options.Limits.MaxQueueBytes / 8)
                return;
            QueueSkipped(channel, skipped);
        }
    }

    /// <summary>Under the lock.</summary>
    private void QueueSkipped(string channel, SkippedPublications skipped)
    {
        var count = skipped.Tell(channel, _context.Clock.Now);
        // A protocol that has no place for it: counted is all.
        if (Protocol!.SkippedFrame(channel, count) is not { } frame)
            return;
        Queue().AddControl(frame);
        CountSent(frame.Opcode, frame.Length);
    }
}

/// <summary>What became of a publication for a client.</summary>
internal enum EnqueueResult
{
    Queued,

    /// <summary>Its channel's rule has dropped it; the connection goes on.</summary>
    Dropped,

    /// <summary>The connection is not open, or has just been closed as a slow consumer.</summary>
    Closed,
}
