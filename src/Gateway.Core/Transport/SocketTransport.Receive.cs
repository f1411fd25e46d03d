using System.Net.Sockets;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport;

internal abstract partial class SocketTransport
{
    // A turn ends after so many bytes, so that one busy peer cannot hold a thread.
    private const int TurnBytes = 64 * 1024;

    // Where a crowd waits on one thread, a turn is as long as what most clients say, and the others do not wait for a round of the longest.
    private const int CrowdedTurnBytes = 4 * 1024;

    // A turn runs, or it is waited for the next, unless the chain is parked here: Resume may come from any thread and before the pausing
    // call has returned.
    private Rendezvous _pause;

    // What the handler has not consumed; owned by the receive chain.
    private byte[]? _spill;
    private int _spillLength;
    private bool _replay; // the spill is presented again although nothing new has come
    private int _discarded = -1; // bytes thrown away; -1: not discarding

    private enum TurnEnd
    {
        Drained,
        Yielded,
        Paused,
        Ended,
    }

    /// <summary>The next turn, after a yield or a pause.</summary>
    public void Execute() => Receive(isReadable: true);

    public void Resume()
    {
        if (_pause.Signal())
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public long UnconsumedBytes => Volatile.Read(ref _spill)?.Length ?? 0;

    /// <summary>Whether so many wait for this thread that their turns are to be short.</summary>
    protected virtual bool IsThreadCrowded => false;

    /// <summary>Turn after turn, until nothing more has come.</summary>
    protected void Receive(bool isReadable)
    {
        while (true)
        {
            if (!isReadable && (!TryWaitReadable(out var isPending) || isPending))
                return;

            switch (TakeTurn())
            {
                case TurnEnd.Drained:
                    isReadable = false;
                    break;
                case TurnEnd.Yielded:
                    if (!TryWaitForOthers())
                        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
                case TurnEnd.Paused:
                    return;
                default:
                    Release();
                    return;
            }
        }
    }

    private TurnEnd TakeTurn()
    {
        try
        {
            return ReceiveTurn();
        }
#pragma warning disable CA1031 // A fault of ours, out of memory among them, ends this stream; the thread serves thousands of others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _context.Fault(e);
            Fail(SocketError.Fault);
            return TurnEnd.Ended;
        }
    }

    /// <summary>Waits until something has come, or the peer's end. False: the chain has ended.</summary>
    protected abstract bool TryWaitReadable(out bool isPending);

    /// <summary>The next turn comes after those of a crowd that waits for this very thread. False: there is none; it is for the thread pool.</summary>
    protected virtual bool TryWaitForOthers() => false;

    /// <summary>Receives what has come, without waiting.</summary>
    protected abstract int ReceiveInto(Span<byte> destination, out SocketError error);

    private TurnEnd ReceiveTurn()
    {
        var block = ThreadBlock.Receive;
        for (var budget = IsThreadCrowded ? CrowdedTurnBytes : TurnBytes; budget > 0;)
        {
            var held = TakeSpill(block);
            var (received, asked) = (0, Math.Min(budget, ThreadBlock.ReceiveBytes));
            if (!_replay)
            {
                received = ReceiveInto(block.Slice(held, asked), out var error);
                if (error == SocketError.WouldBlock)
                {
                    if (!TrySpill(block[..held]) && !TryDiscardShort(held))
                        return TurnEnd.Ended;
                    return TurnEnd.Drained;
                }

                if (error != SocketError.Success)
                {
                    Fail(error);
                    return TurnEnd.Ended;
                }

                if (received == 0)
                {
                    _handler.OnEnd();
                    return TurnEnd.Ended;
                }
            }

            _replay = false;
            budget -= received;
            _context.Metrics.BytesReceived.Add(received);
            if (_discarded >= 0)
            {
                if (!TryDiscard(received))
                    return TurnEnd.Ended;
                continue;
            }

            if (!Present(block[..(held + received)], out var end))
                return end;
            // Less than asked for: the socket is drained, and a further receive would only say so at the price of a system call.
            if (received > 0 && received < asked && !_replay)
                return TurnEnd.Drained;
        }

        return TurnEnd.Yielded;
    }

    /// <summary>Gives bytes to the handler. True: the turn goes on.</summary>
    private bool Present(Span<byte> bytes, out TurnEnd end)
    {
        var result = _handler.OnReceived(bytes);
        var rest = bytes[result.Consumed..];
        end = TurnEnd.Yielded;
        switch (result.Action)
        {
            case ReceiveAction.Continue when TrySpill(rest):
                return true;
            case ReceiveAction.Yield when TrySpill(rest):
                _replay = rest.Length > 0;
                return false;
            case ReceiveAction.Pause when TrySpill(rest):
                _replay = rest.Length > 0;
                return !TryPause(out end);
            case ReceiveAction.Discard:
                _discarded = 0;
                if (TryDiscard(rest.Length))
                    return true;
                end = TurnEnd.Ended;
                return false;
            default:
                // A Resume that a pause would have had finds the chain going on.
                if (TryDiscardShort(rest.Length))
                    return true;
                end = TurnEnd.Ended;
                return false;
        }
    }

    /// <summary>There is no room for the rest. The handler says its farewell, and the peer is read to its end. False: that is enough of it.</summary>
    private bool TryDiscardShort(int bytes)
    {
        _discarded = 0;
        _handler.OnShort();
        return TryDiscard(bytes);
    }

    /// <summary>Parks the chain. False: Resume has come already, or the chain goes on to its end.</summary>
    private bool TryPause(out TurnEnd end)
    {
        end = TurnEnd.Paused;
        if (!_pause.TryPark())
            return false;
        // From here on the chain may be running on another thread: an Abort that came just before did not see it parked.
        if (IsAborted && _pause.TryTake())
            end = TurnEnd.Ended;
        return true;
    }

    private void ReleaseParkedReceive()
    {
        if (_pause.TryTake())
            Release();
    }

    private bool TryDiscard(int bytes)
    {
        _discarded += bytes;
        if (_discarded <= _context.Options.MaxDiscardBytes)
            return true;
        Fail(SocketError.ConnectionAborted);
        return false;
    }

    protected void EndReceive(SocketError error)
    {
        Fail(error);
        Release();
    }

    private bool TrySpill(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
            return true;
        if (!_context.Buffers.TryRent(rest.Length, out var spill))
            return false;
        rest.CopyTo(spill);
        _spillLength = rest.Length;
        Volatile.Write(ref _spill, spill);
        return true;
    }

    private int TakeSpill(Span<byte> block)
    {
        var length = _spillLength;
        if (length == 0)
            return 0;
        _spill.AsSpan(0, length).CopyTo(block);
        DropSpill();
        return length;
    }

    private void DropSpill()
    {
        if (_spill is null)
            return;
        _context.Buffers.Return(_spill);
        _spill = null;
        _spillLength = 0;
    }
}
