using System.Collections.Concurrent;
using System.Net.Sockets;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport.Sockets;

/// <summary>
/// The pooled <see cref="SocketAsyncEventArgs"/>. A receive operation belongs to its connection for life; a send operation is rented
/// while bytes wait. Both come back only when their callback has run: args in a pool with an operation pending would put two
/// connections on one buffer.
/// </summary>
internal sealed class SocketArgsPool(int maxRetained)
{
    private readonly ConcurrentQueue<ReceiveArgs> _receive = new();
    private readonly ConcurrentQueue<SendArgs> _send = new();
    private int _receiveRetained;
    private int _sendRetained;
    private long _rented;

    /// <summary>Args rented and not returned.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    public ReceiveArgs RentReceive(ManagedSocketTransport owner)
    {
        var args = Rent(_receive, ref _receiveRetained) ?? new ReceiveArgs();
        args.Owner = owner;
        return args;
    }

    public SendArgs RentSend(ManagedSocketTransport owner)
    {
        var args = Rent(_send, ref _sendRetained) ?? new SendArgs();
        args.Owner = owner;
        return args;
    }

    public void Return(ReceiveArgs args)
    {
        args.Owner = null;
        Return(_receive, ref _receiveRetained, args);
    }

    public void Return(SendArgs args)
    {
        args.Owner = null;
        args.Block = null;
        args.SetBuffer(default);
        Return(_send, ref _sendRetained, args);
    }

    private T? Rent<T>(ConcurrentQueue<T> free, ref int retained)
        where T : SocketAsyncEventArgs
    {
        Interlocked.Increment(ref _rented);
        if (free.TryDequeue(out var args))
            Interlocked.Decrement(ref retained);
        return args;
    }

    private void Return<T>(ConcurrentQueue<T> free, ref int retained, T args)
        where T : SocketAsyncEventArgs
    {
        Interlocked.Decrement(ref _rented);
        if (Interlocked.Increment(ref retained) <= maxRetained)
        {
            free.Enqueue(args);
            return;
        }

        Interlocked.Decrement(ref retained);
        args.Dispose();
    }
}

/// <summary>Waits for readability with no buffer. An override in place of the event saves each connection a delegate.</summary>
internal sealed class ReceiveArgs() : SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true)
{
    public ManagedSocketTransport? Owner { get; set; }

    protected override void OnCompleted(SocketAsyncEventArgs e) => Owner!.OnReadable();
}

/// <summary>Sends what the kernel did not take at once.</summary>
internal sealed class SendArgs() : SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true)
{
    public ManagedSocketTransport? Owner { get; set; }

    public BlockPool.Block? Block { get; set; }

    protected override void OnCompleted(SocketAsyncEventArgs e) => Owner!.OnRemainderSent(this);
}
