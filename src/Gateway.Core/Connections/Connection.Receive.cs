using System.Runtime.CompilerServices;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;

namespace Gateway.Core.Connections;

internal sealed partial class Connection
{
    // Messages in one turn; then other connections have theirs.
    private const int MessagesPerTurn = 64;

    // Bytes that messages have become in one turn: as many as come in one, so that a compressed byte is worth no more of a thread's time.
    private const int InflatedPerTurn = 64 * 1024;

    private MessageReader _reader; // owned by whoever has taken it: see _readerUser
    private volatile ReaderUser _readerUser;
    private int _messageSince; // seconds on the heartbeat's clock, from 1 on: since when a message is coming in part; 0: none is
    private ushort _commands; // in flight, 1,024 at most; guarded by the lock
    private MessageResult _pause; // what the receive chain waits for; guarded by the lock

    /// <summary>
    /// The receive chain has the reader during a turn. Between turns whoever ends the connection takes it for a moment, to give back what has
    /// come of a message: a peer that sends no more would hold it until its deadline.
    /// </summary>
    private enum ReaderUser : byte
    {
        None,
        Turn,
        End,
    }

    public bool IsUnfinished => _state != ConnectionState.Open || Volatile.Read(ref _messageSince) != 0;

    private MessageReaderSettings ReaderSettings => Compression?.Reader ?? _context.Reader;

    private ReceiveResult ReceiveCounted(Span<byte> bytes)
    {
        var result = ReceiveFrames(bytes, 0);
        MayReceive(result.Consumed); // the others come again
        return result;
    }

    /// <summary>Frames from <paramref name="start"/> on.</summary>
    private ReceiveResult ReceiveFrames(Span<byte> bytes, int start)
    {
        var rest = bytes[start..];
        var hasMessage = false;
        var isInflated = Compression is not null;
        long inflated = 0;
        for (var messages = 0; ; messages++)
        {
            if ((messages == MessagesPerTurn || inflated >= InflatedPerTurn) && !rest.IsEmpty)
            {
                // Control frames count as well, and come in the midst of a message.
                _reader.ReturnHandedOut(ReaderSettings);
                WatchMessage(hasMessage);
                return new ReceiveResult(bytes.Length - rest.Length, ReceiveAction.Yield);
            }

            var result = MessageResult.Continue;
            switch (_reader.Read(ReaderSettings, ref rest, out var message, isInflated ? Protocol!.IsHopeless : null))
            {
                case ReadStatus.NeedMore:
                    WatchMessage(hasMessage);
                    return new ReceiveResult(bytes.Length, ReceiveAction.Continue);
                case ReadStatus.Message:
                    hasMessage = true;
                    Count(message);
                    if (isInflated)
                        inflated += message.Payload.Length;
                    if (MayCommand() && (!isInflated || MayReceive(message.Payload.Length)))
                        result = Protocol!.OnMessage(this, message.Opcode, message.Payload);
                    break;
                case ReadStatus.Control:
                    Count(message);
                    if (message.Opcode == Opcode.Close || MayControl())
                        OnControl(message);
                    break;
                default:
                    if (Close(CloseReason.Of(message.Error)) && message.Error == ProtocolError.NoRoom)
                        Report(Limit.Memory);
                    break;
            }

            if (_state != ConnectionState.Open)
            {
                var closing = ReceiveClosing(rest);
                return closing with { Consumed = bytes.Length - rest.Length + closing.Consumed };
            }

            if (result != MessageResult.Continue && MustPause(result))
            {
                // Nothing may come for long: what the last message stood in goes back now.
                _reader.ReturnHandedOut(ReaderSettings);
                _messageSince = 0;
                return new ReceiveResult(bytes.Length - rest.Length, ReceiveAction.Pause);
            }
        }
    }

    private void OnControl(InboundMessage message)
    {
        switch (message.Opcode)
        {
            case Opcode.Ping:
                // RFC 6455 §5.5.3: a pong carries the ping's payload.
                EnqueueControl(Opcode.Pong, message.Payload);
                break;
            case Opcode.Close:
                OnCloseFrame(message.Payload);
                break;
        }
    }

    /// <summary>After our close frame only the peer's is looked for; after a failure not even that.</summary>
    private ReceiveResult ReceiveClosing(Span<byte> bytes)
    {
        var discard = new ReceiveResult(bytes.Length, ReceiveAction.Discard);
        if (_state != ConnectionState.Closing || _closeReason!.IsFailure || _isCloseReceived)
            return discard;
        if (_closeReason!.IsMistake)
            SpendCloseTime(bytes.Length);
        _reader.SkipData(ReaderSettings);
        var rest = bytes;
        while (true)
        {
            switch (_reader.Read(ReaderSettings, ref rest, out var message))
            {
                case ReadStatus.NeedMore:
                    return new ReceiveResult(bytes.Length, ReceiveAction.Continue);
                case ReadStatus.Control when message.Opcode == Opcode.Close:
                case ReadStatus.Error:
                    // A peer that breaks the protocol while it is being closed is as good as closed.
                    OnCloseReply();
                    return discard;
            }
        }
    }

    /// <summary>As many bytes as are thrown away of a peer that broke the protocol are all the time that this one has for its close frame.</summary>
    private void SpendCloseTime(int bytes)
    {
        var transport = _context.Options.Transport;
        // One more, so that crumbs count too.
        _deadline -= 1 + (long)(transport.CloseTimeout.TotalMilliseconds * bytes / Math.Max(1, transport.MaxDiscardBytes));
    }

    private void TakeReader()
    {
        if (Interlocked.CompareExchange(ref _readerUser, ReaderUser.Turn, ReaderUser.None) != ReaderUser.None)
            AwaitReader();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AwaitReader()
    {
        var spin = default(SpinWait);
        while (Interlocked.CompareExchange(ref _readerUser, ReaderUser.Turn, ReaderUser.None) != ReaderUser.None)
            spin.SpinOnce(sleep1Threshold: -1); // the other one returns an array
    }

    private void GiveReader()
    {
        if (_reader.PartialBytes == 0)
        {
            _readerUser = ReaderUser.None;
            return;
        }

        // Whoever has ended the connection during the turn could not take the reader, or this sees that it has been ended.
        Interlocked.Exchange(ref _readerUser, ReaderUser.None);
        if (_state is ConnectionState.Closing or ConnectionState.Closed)
            DropPart();
    }

    /// <summary>The connection is ending: what has come of a message goes back now. A turn that runs at this moment does it at its end.</summary>
    private void DropPart()
    {
        if (_reader.PartialBytes == 0 || Interlocked.CompareExchange(ref _readerUser, ReaderUser.End, ReaderUser.None) != ReaderUser.None)
            return;
        _reader.SkipData(ReaderSettings);
        _readerUser = ReaderUser.None;
    }

    /// <summary>After all of a turn has been read.</summary>
    /// <param name="hasMessage">One has ended in the turn: what follows it is another.</param>
    private void WatchMessage(bool hasMessage)
    {
        if (!_reader.IsWithin)
            _messageSince = 0;
        else if (hasMessage || _messageSince == 0)
            _messageSince = SecondsNow;
    }

    private int SecondsNow => 1 + (int)(_context.Clock.Now / 1000);

    private bool IsMessageOverdue() =>
        Volatile.Read(ref _messageSince) is not 0 and var since && SecondsNow - since >= _context.Options.Limits.MessageTimeout.TotalSeconds;

    private bool MustPause(MessageResult result)
    {
        if (result == MessageResult.AwaitSent)
            Flush();
        lock (this)
        {
            var isWaiting = result == MessageResult.AwaitSent ? _queue is not null : _commands >= _context.Options.Limits.MaxCommandsInFlight;
            // Another thread may have closed the connection meanwhile; then nobody would end the pause.
            var mustPause = isWaiting && _state == ConnectionState.Open;
            if (mustPause)
                _pause = result;
            return mustPause;
        }
    }

    private void Count(InboundMessage message) => _context.Metrics.MessagesReceived.Add(Protocol!.Label, KindOf(message.Opcode), 1, message.Payload.Length);

    /// <summary>The place of a frame's kind among the metrics' kinds.</summary>
    internal static int KindOf(Opcode opcode) => opcode switch
    {
        Opcode.Text => 0,
        Opcode.Binary => 1,
        Opcode.Ping => 2,
        Opcode.Pong => 3,
        _ => 4,
    };
}
