using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Gateway.Core.Buffers;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Fixtures;

/// <summary>
/// A stream without a socket that holds the connection above it to <see cref="ITransport"/>'s contract, and notes what breaches it. By a
/// seed it takes all, some or nothing of what is sent; what it has not taken leaves later, on another thread.
/// </summary>
internal sealed class ContractTransport(int seed) : ITransport
{
    private readonly Random _random = new(seed); // for the sender, of whom there is one
    private readonly List<byte> _sent = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Rendezvous _pause;
    private TaskCompletionSource _resumed = new();
    private byte[] _untaken = []; // of the last send: the remainder has to begin so
    private int _senders;
    private int _isPending;
    private int _isShutdown;
    private int _isAborted;
    private int _holds = 2; // the stream and the receive chain

    public ITransportHandler Handler { get; set; } = null!;

    public ConcurrentQueue<string> Breaches { get; } = [];

    /// <summary>All that has left, in order. For when it has closed.</summary>
    public ReadOnlySpan<byte> Sent => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sent);

    public Task Closed => _closed.Task;

    public EndPoint? RemoteEndPoint => null;

    public EndPoint? LocalEndPoint => null;

    public long UnconsumedBytes => 0;

    public KernelState? ReadKernelState() => null;

    private bool IsAborted => Volatile.Read(ref _isAborted) != 0;

    /// <summary>The client says something. Calls must not overlap. False: nobody listens any more.</summary>
    public async Task<bool> ReceiveAsync(byte[] bytes)
    {
        while (bytes.Length > 0 && !IsAborted)
        {
            var result = Handler.OnReceived(bytes);
            bytes = bytes[result.Consumed..];
            var resumed = _resumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            switch (result.Action)
            {
                case ReceiveAction.Discard:
                    return false;
                case ReceiveAction.Pause when _pause.TryPark() && !(IsAborted && _pause.TryTake()):
                    await resumed.Task;
                    break;
                case ReceiveAction.Continue when result.Consumed == 0:
                    Breaches.Enqueue("Whole frames came, and none was consumed.");
                    return false;
            }
        }

        return !IsAborted;
    }

    /// <summary>The client has said its last.</summary>
    public void EndReceive()
    {
        if (!IsAborted)
            Handler.OnEnd();
        Release();
    }

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        Enter("TrySend");
        if (_untaken.Length > 0)
            Breaches.Enqueue("TrySend before what it had not taken was handed over.");
        var taken = IsAborted ? -1 : _random.Next(4) switch
        {
            0 => 0,
            1 => _random.Next(bytes.Length + 1),
            _ => bytes.Length,
        };
        if (taken >= 0)
        {
            _sent.AddRange(bytes[..taken]);
            _untaken = bytes[taken..].ToArray();
        }

        Leave();
        return taken;
    }

    public bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner)
    {
        Enter("SendRemainder");
        if (bytes.Length == 0 || bytes.Length > _untaken.Length || !bytes.Span.SequenceEqual(_untaken.AsSpan(0, bytes.Length)))
            Breaches.Enqueue("The remainder is not what follows.");
        _untaken = [];
        if (!TryHold())
        {
            owner?.Return();
            Leave();
            return true;
        }

        if (_random.Next(4) == 0)
        {
            Complete(bytes, bytes.ToArray(), owner);
            Leave();
            Release();
            return false;
        }

        Volatile.Write(ref _isPending, 1);
        var snapshot = bytes.ToArray();
        Leave();
        ThreadPool.UnsafeQueueUserWorkItem(_ => OnTaken(bytes, snapshot, owner), null);
        return true;
    }

    public void Resume()
    {
        if (_pause.Signal())
            _resumed.SetResult();
    }

    public void Shutdown()
    {
        if (Volatile.Read(ref _isPending) != 0 || _untaken.Length > 0)
            Breaches.Enqueue("Shutdown with bytes still to leave.");
        if (Interlocked.Exchange(ref _isShutdown, 1) != 0)
            Breaches.Enqueue("Two shutdowns.");
    }

    public void Abort()
    {
        if (Interlocked.Exchange(ref _isAborted, 1) != 0)
            return;
        if (_pause.TryTake())
            _resumed.SetResult();
        Release();
    }

    private void OnTaken(ReadOnlyMemory<byte> bytes, byte[] snapshot, BlockPool.Block? owner)
    {
        Complete(bytes, snapshot, owner);
        Volatile.Write(ref _isPending, 0);
        if (!IsAborted)
            Handler.OnSent();
        Release();
    }

    private void Complete(ReadOnlyMemory<byte> bytes, byte[] snapshot, BlockPool.Block? owner)
    {
        if (!bytes.Span.SequenceEqual(snapshot))
            Breaches.Enqueue("A remainder has changed while it was pending.");
        if (!IsAborted)
            _sent.AddRange(snapshot);
        owner?.Return();
    }

    private void Enter(string call)
    {
        if (Interlocked.Increment(ref _senders) != 1)
            Breaches.Enqueue($"{call} beside another send.");
        if (Volatile.Read(ref _isPending) != 0)
            Breaches.Enqueue($"{call} beside a pending remainder.");
        if (Volatile.Read(ref _isShutdown) != 0)
            Breaches.Enqueue($"{call} after the shutdown.");
    }

    private void Leave() => Interlocked.Decrement(ref _senders);

    private bool TryHold()
    {
        for (var holds = Volatile.Read(ref _holds); holds > 0 && !IsAborted;)
        {
            var seen = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
            if (seen == holds)
                return true;
            holds = seen;
        }

        return false;
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holds) != 0)
            return;
        Handler.OnClosed(SocketError.Success);
        _closed.SetResult();
    }
}
