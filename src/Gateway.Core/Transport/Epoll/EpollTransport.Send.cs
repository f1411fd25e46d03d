using System.Net.Sockets;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport.Epoll;

internal sealed unsafe partial class EpollTransport
{
    private Remainder? _remainder; // kept once there was one
    private Rendezvous _room; // where a remainder waits for an event

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
        if (SendOn(remainder))
            return true;
        Release();
        return false;
    }

    private void OnWritable()
    {
        // Where there has never been a remainder, none waits: a send that finds no room after this event is told by another one.
        if (_remainder is not { } remainder || !_room.Signal() || SendOn(remainder))
            return;
        OnRemainderSent();
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
                    if (!_room.TryPark())
                        break; // there is room again
                    // An Abort that came just before did not see it parked.
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

    private void EndPendingSend()
    {
        if (!_room.TryTake())
            return;
        End(_remainder!);
        Release();
    }

    private void End(Remainder remainder)
    {
        Context.CountPendingSend(-1);
        remainder.Owner?.Return();
        (remainder.Bytes, remainder.Owner) = (default, null);
    }

    /// <summary>What the kernel did not take at once.</summary>
    private sealed class Remainder
    {
        public ReadOnlyMemory<byte> Bytes { get; set; }

        public BlockPool.Block? Owner { get; set; }
    }
}
