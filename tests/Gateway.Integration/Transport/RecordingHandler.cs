using System.Collections.Concurrent;
using System.Net.Sockets;
using Gateway.Core.Transport;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Transport;

/// <summary>Stands in for a connection: keeps what its transport calls, and answers what a test says.</summary>
internal sealed class RecordingHandler(ITransport transport) : ITransportHandler
{
    private readonly List<byte> _received = [];
    private int _inCall;
    private int _ends;
    private int _sent;

    public ITransport Transport { get; } = transport;

    /// <summary>What a receive call answers; null: all consumed, go on.</summary>
    public Func<byte[], ReceiveResult>? Answer { get; set; }

    /// <summary>Errors of the OnClosed calls.</summary>
    public ConcurrentQueue<SocketError> Closed { get; } = new();

    /// <summary>Calls that came where the contract forbids them.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    public int Ends => Volatile.Read(ref _ends);

    public int Sent => Volatile.Read(ref _sent);

    public int Calls { get; private set; }

    /// <summary>Consumed bytes so far.</summary>
    public byte[] Received
    {
        get
        {
            lock (_received)
                return [.. _received];
        }
    }

    public void OnShort()
    {
        Enter("OnShort");
        Volatile.Write(ref _inCall, 0);
    }

    public bool IsUnfinished => false;

    public ReceiveResult OnReceived(Span<byte> bytes)
    {
        Enter("OnReceived");
        Calls++;
        var copy = bytes.ToArray();
        var result = Answer?.Invoke(copy) ?? new ReceiveResult(bytes.Length, ReceiveAction.Continue);
        if (result.Action != ReceiveAction.Discard)
        {
            lock (_received)
                _received.AddRange(copy.AsSpan(0, result.Consumed));
        }

        bytes.Clear(); // the contract allows it
        copy.AsSpan(result.Consumed).CopyTo(bytes[result.Consumed..]);
        Volatile.Write(ref _inCall, 0);
        return result;
    }

    public void OnEnd()
    {
        Enter("OnEnd");
        Interlocked.Increment(ref _ends);
        Volatile.Write(ref _inCall, 0);
    }

    public void OnSent()
    {
        if (!Closed.IsEmpty)
            Violations.Enqueue("OnSent after OnClosed");
        Interlocked.Increment(ref _sent);
    }

    public void OnClosed(SocketError error)
    {
        if (Volatile.Read(ref _inCall) != 0)
            Violations.Enqueue("OnClosed within a receive call");
        Closed.Enqueue(error);
    }

    /// <summary>Waits until as many bytes have been consumed.</summary>
    public Task ReceivesAsync(int count) => Eventually.TrueAsync(() => Received.Length >= count, () => $"{Received.Length} of {count} bytes");

    public Task ClosesAsync() => Eventually.TrueAsync(() => !Closed.IsEmpty, () => "OnClosed did not come");

    private void Enter(string call)
    {
        if (Interlocked.Exchange(ref _inCall, 1) != 0)
            Violations.Enqueue($"{call} within a receive call");
        if (!Closed.IsEmpty)
            Violations.Enqueue($"{call} after OnClosed");
    }
}
