using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport.Sockets;

internal sealed partial class ManagedSocketTransport
{
    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        int sent;
        SocketError error;
        try
        {
            sent = _socket.Send(bytes, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }

        if (error is SocketError.Success)
        {
            CountSent(sent);
            return sent;
        }

        if (error is SocketError.WouldBlock)
            return 0;
        Fail(error);
        return -1;
    }

    public override bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner)
    {
        if (!TryHold())
        {
            owner?.Return();
            return true;
        }

        Context.CountPendingSend(+1);
        var args = Context.Args.RentSend(this);
        args.Block = owner;
        args.SetBuffer(MemoryMarshal.AsMemory(bytes));
        if (SendOn(args))
            return true;
        Release();
        return false;
    }

    internal void OnRemainderSent(SendArgs args)
    {
        if (!TryAdvance(args, out var isDone) || (!isDone && SendOn(args)))
            return;
        OnRemainderSent();
    }

    /// <summary>True: pending, or failed, which ends the stream. False: all has been sent.</summary>
    private bool SendOn(SendArgs args)
    {
        while (true)
        {
            try
            {
                if (_socket.SendAsync(args))
                    return true;
            }
            catch (ObjectDisposedException)
            {
                args.SocketError = SocketError.OperationAborted;
            }

            if (!TryAdvance(args, out var isDone))
                return true;
            if (isDone)
                return false;
        }
    }

    /// <summary>Accounts for a completed send. False: it failed, the stream ends, the args have been returned and the hold released.</summary>
    private bool TryAdvance(SendArgs args, out bool isDone)
    {
        isDone = false;
        if (args.SocketError != SocketError.Success)
        {
            var error = args.SocketError;
            Return(args);
            Fail(error);
            Release();
            return false;
        }

        CountSent(args.BytesTransferred);
        isDone = args.BytesTransferred == args.Count;
        if (isDone)
            Return(args);
        else
            args.SetBuffer(args.Offset + args.BytesTransferred, args.Count - args.BytesTransferred);
        return true;
    }

    private void Return(SendArgs args)
    {
        Context.CountPendingSend(-1);
        args.Block?.Return();
        Context.Args.Return(args);
    }
}
