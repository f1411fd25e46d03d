using System.Net.Sockets;
using Gateway.Core.Buffers;

namespace Gateway.Core.Transport.Sockets;

/// <summary>
/// The pooled <see cref="SocketAsyncEventArgs"/>. A receive operation belongs to its connection for life; a send operation is rented
/// while bytes wait. Both come back only when their callback has run: args in a pool with an operation pending would put two
/// connections on one buffer.
/// </summary>
internal sealed class SocketArgsPool(int maxRetained) : IKeepsMemory
{
    private const int ArgsBytes = 300;

    private readonly FreeList<ReceiveArgs> _receive = new(maxRetained, ArgsBytes);
    private readonly FreeList<SendArgs> _send = new(maxRetained, ArgsBytes);
    private long _rented;

    /// <summary>Args rented and not returned.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    public long KeptBytes => _receive.KeptBytes + _send.KeptBytes;

    public ReceiveArgs RentReceive(ManagedSocketTransport owner)
    {
        var args = Rent(_receive) ?? new ReceiveArgs();
        args.Owner = owner;
        return args;
    }

    public SendArgs RentSend(ManagedSocketTransport owner)
    {
        var args = Rent(_send) ?? new SendArgs();
        args.Owner = owner;
        return args;
    }

    public void Return(ReceiveArgs args)
    {
        args.Owner = null;
        Interlocked.Decrement(ref _rented);
        _receive.Keep(args);
    }

    public void Return(SendArgs args)
    {
        args.Owner = null;
        args.Block = null;
        args.SetBuffer(default);
        Interlocked.Decrement(ref _rented);
        _send.Keep(args);
    }

    public void Trim()
    {
        _receive.Trim();
        _send.Trim();
    }

    public void TrimIdle()
    {
        _receive.TrimIdle();
        _send.TrimIdle();
    }

    private T? Rent<T>(FreeList<T> free)
        where T : SocketAsyncEventArgs
    {
        Interlocked.Increment(ref _rented);
        return free.TryTake(out var args) ? args : null;
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
