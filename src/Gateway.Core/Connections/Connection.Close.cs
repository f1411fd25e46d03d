using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

internal sealed partial class Connection
{
    // Guarded by the lock, all of them.
    private CloseReason? _closeReason;
    private bool _isCloseReceived;
    private bool _isPeerEnded; // the peer has sent its last byte
    private bool _isShutdown; // we have

    /// <summary>
    /// Ends the connection: what is queued leaves first, then the close frame (an HTTP 503 during the handshake), then the stream is
    /// half-closed and the peer's bytes are thrown away until its end or the deadline, so that no reset overtakes the frame. Returns
    /// at once. False: it was ending already.
    /// </summary>
    public bool Close(CloseReason reason)
    {
        bool mustResume;
        lock (this)
        {
            if (_state is ConnectionState.Closing or ConnectionState.Closed)
                return false;
            // Neither a verdict nor a broker's answer is waited for any more: the peer is read to its close frame or its end.
            mustResume = _state == ConnectionState.Admitting || _pause == MessageResult.AwaitCommands;
            if (mustResume)
                _pause = MessageResult.Continue;
            if (Protocol is null)
            {
                Refuse(Restarting, 0);
            }
            else
            {
                var queued = QueuedBytes;
                var dropped = DropQueue(reason);
                if (!reason.DropsQueue && _context.Skipped.Find(this) is { } skipped)
                    QueueSkipped(skipped, isLast: true);
                AddClose(Protocol.CloseFrame(reason));
                BeginClosing(reason, queued, dropped);
            }
        }

        DropPart();
        Flush();
        if (mustResume)
            _transport.Resume();
        return true;
    }

    /// <summary>Closes it, planned: the client is told when to come back, if its protocol can. False: it was ending already.</summary>
    /// <param name="within">The moment is drawn from so long.</param>
    /// <param name="farewell">Why.</param>
    public bool SendAway(TimeSpan within, Farewell farewell)
    {
        if (_state is ConnectionState.Closing or ConnectionState.Closed)
            return false;
        var after = within * (RandomNumberGenerator.GetInt32(1000) / 1000d);
        var wasOpen = Protocol is not null;
        if (Protocol?.FarewellFrame(after, farewell.Word) is { } frame)
            Reply(frame);
        if (!Close(farewell.Close))
            return false;
        // A load balancer's probe is no client that is told to come back.
        if (wasOpen)
            _context.Metrics.Departures.Add(1, new KeyValuePair<string, object?>("reason", farewell.MetricLabel));
        return true;
    }

    /// <summary>Who goes before it has asked for anything is no client that was lost: load balancers look in so.</summary>
    private CloseReason Lost => _state == ConnectionState.Handshaking ? CloseReason.NoRequest : CloseReason.ConnectionLost;

    /// <summary>Ends the connection now; the peer sees a reset.</summary>
    public void Abort() => _transport.Abort();

    public void OnEnd()
    {
        bool isIdle;
        lock (this)
        {
            _isPeerEnded = true;
            if (_state is not (ConnectionState.Closing or ConnectionState.Closed))
            {
                var queued = QueuedBytes;
                BeginClosing(Lost, queued, DropQueue(Lost));
            }

            isIdle = _queue is null && !_isSending;
        }

        DropPart();

        // Otherwise what is leaving leaves first; the deadline stands.
        if (isIdle)
            _transport.Abort();
    }

    public void OnClosed(SocketError error)
    {
        CloseReason reason;
        TakeReader(); // for ever
        lock (this)
        {
            // The kernel may give up, where it has been told to, what the peer does not take before the send's deadline does. It says so to one
            // caller, and lets another find the end of the stream.
            if (error == SocketError.TimedOut && IsSendPending && (_closeReason is null || _closeReason == CloseReason.ConnectionLost))
                (reason, _closeReason) = (CloseReason.SlowConsumer, null);
            else
                reason = _closeReason ?? Lost;
            var queued = QueuedBytes;
            var dropped = DropQueue(reason.DropsQueue ? reason : CloseReason.ConnectionLost);
            if (_closeReason is null)
            {
                Remember(reason, queued, dropped);
                LeaveIndex();
            }

            ReturnQueue();
            _state = ConnectionState.Closed;
            // Whoever was sending has lost its transport; nobody sends again.
            _isSending = true;
            _reader.Release(ReaderSettings);
            Compression?.Release();
            if (Protocol is not null)
                Memory.LetGo(Identity.Bytes);
        }

        LeaveAddress();
        _context.Registry.Remove(this);
        _context.Skipped.Remove(this);
        Protocol?.OnClosed(this);
        _context.Metrics.Closes.Add(1, new("reason", reason.MetricLabel), new("protocol", Protocol?.Name ?? "none"));
        Log.ConnectionEnded(_context.Log, Id.ToString(), reason.Text);
        // Last: whoever waits for the places to be free finds everything else returned.
        _context.Slots.Release();
    }

    /// <summary>Under the lock.</summary>
    private void AddClose(OutboundFrame frame)
    {
        Queue().Add(frame);
        CountSent(Opcode.Close, frame.Length);
    }

    /// <summary>Under the lock.</summary>
    private void BeginClosing(CloseReason reason, long queued = 0, int dropped = 0)
    {
        Remember(reason, queued, dropped);
        LeaveIndex();
        _closeReason = reason;
        // In front of the state: whoever sees that, without the lock, must not hold it to the deadline before.
        _deadline = _context.Clock.Now + (long)_context.Options.Transport.CloseTimeout.TotalMilliseconds;
        _state = ConnectionState.Closing;
    }

    /// <summary>RFC 6455 §5.5.1: the answer to a close frame echoes its code, and nothing follows it.</summary>
    private void OnCloseFrame(ReadOnlySpan<byte> payload)
    {
        var wasOpen = false;
        lock (this)
        {
            if (_state == ConnectionState.Open)
            {
                var queued = QueuedBytes;
                // Behind all that is queued: the answers to what the client said before it closed, in the first segment the response too.
                AddClose(OutboundFrame.Create(Opcode.Close, payload.Length >= 2 ? payload[..2] : []));
                _isCloseReceived = true;
                BeginClosing(CloseReason.ClosedByClient, queued);
                wasOpen = true;
            }
        }

        if (wasOpen)
            Flush();
        else
            OnCloseReply(); // another thread has closed the connection meanwhile: the two close frames have crossed
    }

    private void OnCloseReply()
    {
        lock (this)
        {
            _isCloseReceived = true;
            if (_queue is not null || _isSending)
                return; // the sender half-closes when all has left
        }

        OnAllSent();
    }

    /// <summary>Nothing waits any more: what was put off until then happens now.</summary>
    private void OnAllSent()
    {
        bool mustResume, mustShutdown, mustAbort;
        lock (this)
        {
            mustResume = _pause == MessageResult.AwaitSent;
            if (mustResume)
                _pause = MessageResult.Continue;
            var isLastByteSent = _state == ConnectionState.Closing && _queue is null && !_isSending;
            mustAbort = isLastByteSent && _isPeerEnded;
            mustShutdown = isLastByteSent && !_isShutdown && (_closeReason!.IsFailure || _isCloseReceived);
            _isShutdown |= mustShutdown;
        }

        if (mustResume)
            _transport.Resume();
        if (mustAbort)
            _transport.Abort();
        else if (mustShutdown)
            _transport.Shutdown();
    }

    /// <summary>Under the lock: drops what the reason says nobody will read, and counts it.</summary>
    private int DropQueue(CloseReason reason)
    {
        if (!reason.DropsQueue || _queue is null)
            return 0;
        var label = reason == CloseReason.SlowConsumer ? DropReason.SlowConsumer : DropReason.ConnectionEnded;
        var dropped = _queue.DropData();
        _context.Metrics.Drops[(int)label].Add(dropped);
        return dropped;
    }
}
