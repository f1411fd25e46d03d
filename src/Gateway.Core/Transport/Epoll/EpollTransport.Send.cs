using System.Net.Sockets;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport.Epoll;

internal sealed unsafe partial class EpollTransport
{
    private Remainder? _remainder; // kept once there was one
    private int _sending = (int)Sending.Nothing; // Sending

    private enum Sending
    {
        /// <summary>No remainder.</summary>
        Nothing,

        /// <summary>A thread is at it.</summary>
        Trying,

        /// <summary>And the socket has become writable since it last asked.</summary>
        Signaled,

        /// <summary>The remainder waits for an event.</summary>
        Waiting,
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (!TryHold())
            return -1;
        var sent = -1;
        if (!IsAborted)
        {
            sent = Libc.Send(fd, bytes, out var error);
            if (error == SocketError.Success)
            {
                CountSent(sent);
            }
            else if (error != SocketError.WouldBlock)
            {
                Fail(error);
                sent = -1;
            }
        }

        Release();
        return sent;
    }

    public override bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner)
    {
        if (!TryHold())
        {
            owner?.Return();
            return true;
        }

        Context.CountPendingSend(+1);
        var remainder = _remainder ??= new Remainder();
        (remainder.Bytes, remainder.Owner) = (bytes, owner);
        Volatile.Write(ref _sending, (int)Sending.Trying);
        if (SendOn(remainder))
            return true;
        Release();
        return false;
    }

    private void OnWritable()
    {
        // A send that finds no room after this event is told by another one.
        if (Volatile.Read(ref _sending) == (int)Sending.Nothing)
            return;
        if (TryTakeWaiting())
        {
            if (SendOn(_remainder!))
                return;
            Handler.OnSent();
            Release();
        }
        else if (Interlocked.CompareExchange(ref _sending, (int)Sending.Signaled, (int)Sending.Trying) == (int)Sending.Waiting)
        {
            OnWritable(); // it has begun to wait in between
        }
    }

    /// <summary>True: pending, or failed, which ends the stream. False: all has been sent.</summary>
    private bool SendOn(Remainder remainder)
    {
        while (true)
        {
            var error = SocketError.OperationAborted;
            var sent = IsAborted ? 0 : Libc.Send(fd, remainder.Bytes.Span, out error);
            switch (error)
            {
                case SocketError.Success:
                    CountSent(sent);
                    remainder.Bytes = remainder.Bytes[sent..];
                    if (!remainder.Bytes.IsEmpty)
                        break;
                    End(remainder);
                    return false;
                case SocketError.WouldBlock:
                    if (!TryWaitWritable())
                        break;
                    if (IsAborted)
                        EndPendingSend();
                    return true;
                default:
                    End(remainder);
                    Fail(error);
                    Release();
                    return true;
            }
        }
    }

    /// <summary>False: the socket has become writable meanwhile.</summary>
    private bool TryWaitWritable()
    {
        if (Interlocked.CompareExchange(ref _sending, (int)Sending.Waiting, (int)Sending.Trying) == (int)Sending.Trying)
            return true;
        Volatile.Write(ref _sending, (int)Sending.Trying);
        return false;
    }

    private bool TryTakeWaiting() =>
        Interlocked.CompareExchange(ref _sending, (int)Sending.Trying, (int)Sending.Waiting) == (int)Sending.Waiting;

    private void EndPendingSend()
    {
        if (!TryTakeWaiting())
            return;
        End(_remainder!);
        Release();
    }

    private void End(Remainder remainder)
    {
        Context.CountPendingSend(-1);
        remainder.Owner?.Return();
        (remainder.Bytes, remainder.Owner) = (default, null);
        Volatile.Write(ref _sending, (int)Sending.Nothing);
    }

    /// <summary>What the kernel did not take at once.</summary>
    private sealed class Remainder
    {
        public ReadOnlyMemory<byte> Bytes { get; set; }

        public BlockPool.Block? Owner { get; set; }
    }
}
