using Gateway.Core.Framing;
using Gateway.Core.Transport;

namespace Gateway.Core.Connections;

internal sealed partial class Connection
{
    // Messages in one turn; then other connections have theirs.
    private const int MessagesPerTurn = 64;

    private MessageReader _reader; // owned by the receive chain
    private int _commands; // in flight; guarded by the lock
    private MessageResult _pause; // what the receive chain waits for; guarded by the lock

    private MessageReaderSettings ReaderSettings => Compression?.Reader ?? _context.Reader;

    private ReceiveResult ReceiveCounted(Span<byte> bytes)
    {
        var result = ReceiveFrames(bytes, 0);
        CountReceived(result.Consumed); // the others come again
        return result;
    }

    /// <summary>Frames from <paramref name="start"/> on.</summary>
    private ReceiveResult ReceiveFrames(Span<byte> bytes, int start)
    {
        var rest = bytes[start..];
        for (var messages = 0; ; messages++)
        {
            if (messages == MessagesPerTurn && !rest.IsEmpty)
                return new ReceiveResult(bytes.Length - rest.Length, ReceiveAction.Yield);

            var result = MessageResult.Continue;
            switch (_reader.Read(ReaderSettings, ref rest, out var message))
            {
                case ReadStatus.NeedMore:
                    return new ReceiveResult(bytes.Length, ReceiveAction.Continue);
                case ReadStatus.Message:
                    Count(message);
                    if (MayCommand())
                        result = Protocol!.OnMessage(this, message.Opcode, message.Payload);
                    break;
                case ReadStatus.Control:
                    Count(message);
                    if (message.Opcode == Opcode.Close || MayControl())
                        OnControl(message);
                    break;
                default:
                    Close(CloseReason.Of(message.Error));
                    break;
            }

            if (_state != ConnectionState.Open)
            {
                var closing = ReceiveClosing(rest);
                return closing with { Consumed = bytes.Length - rest.Length + closing.Consumed };
            }

            if (result != MessageResult.Continue && MustPause(result))
            {
                // The reader is between messages, and nothing may come for long: what it holds of the last one goes back now.
                _reader.Release(_context.Reader);
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
