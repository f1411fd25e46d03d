using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport;

internal sealed partial class SocketTransport
{
    public int TrySend(ReadOnlySpan<byte> bytes)
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
            Count(sent);
            return sent;
        }

        if (error is SocketError.WouldBlock)
            return 0;
        Fail(error);
        return -1;
    }

    public bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner)
    {
        if (!TryHold())
        {
            owner?.Return();
            return true;
        }

        var args = _context.Args.RentSend(this);
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
        _handler.OnSent();
        Release();
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

        Count(args.BytesTransferred);
        isDone = args.BytesTransferred == args.Count;
        if (isDone)
            Return(args);
        else
            args.SetBuffer(args.Offset + args.BytesTransferred, args.Count - args.BytesTransferred);
        return true;
    }

    private void Return(SendArgs args)
    {
        args.Block?.Return();
        _context.Args.Return(args);
    }

    private void Count(int sent)
    {
        _context.Metrics.Sends.Add(1);
        _context.Metrics.BytesSent.Add(sent);
    }
}
