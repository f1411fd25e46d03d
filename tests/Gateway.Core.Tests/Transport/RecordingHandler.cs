using System.Net.Sockets;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

/// <summary>Keeps what a transport tells it, in order, and answers as a test says. It fails the test when calls overlap or follow the last.</summary>
internal sealed class RecordingHandler : ITransportHandler
{
    private readonly TaskCompletionSource<SocketError> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte> _consumed = [];
    private readonly List<string> _faults = [];
    private int _receiving;
    private int _calls;
    private int _ends;
    private int _shorts;
    private int _sent;
    private int _closes;

    /// <summary>The answer to what comes; by default everything is consumed.</summary>
    public Func<byte[], ReceiveResult> Answer { get; set; } = bytes => new ReceiveResult(bytes.Length, ReceiveAction.Continue);

    /// <summary>Runs within <see cref="OnSent"/>.</summary>
    public Action? Sent { get; set; }

    /// <summary>Runs within <see cref="OnClosed"/>.</summary>
    public Action? ClosedNow { get; set; }

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Times that there was no room for what was left.</summary>
    public int Shorts => Volatile.Read(ref _shorts);

    public int Ends => Volatile.Read(ref _ends);

    public int SentCount => Volatile.Read(ref _sent);

    public int Closes => Volatile.Read(ref _closes);

    public Task<SocketError> Closed => _closed.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public byte[] Consumed
    {
        get
        {
            lock (_consumed)
                return [.. _consumed];
        }
    }

    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_faults)
                return [.. _faults];
        }
    }

    public bool IsUnfinished { get; set; }

    public ReceiveResult OnReceived(Span<byte> bytes)
    {
        Enter("OnReceived");
        var copy = bytes.ToArray();
        ReceiveResult result;
        try
        {
            result = Answer(copy);
        }
        catch
        {
            Volatile.Write(ref _receiving, 0);
            throw;
        }

        lock (_consumed)
            _consumed.AddRange(copy.AsSpan(0, result.Consumed));
        // Bytes may be overwritten during the call: a transport must not read them again.
        bytes[..result.Consumed].Fill(0xEE);
        Interlocked.Increment(ref _calls);
        Volatile.Write(ref _receiving, 0);
        return result;
    }

    public void OnShort()
    {
        Enter("OnShort");
        Interlocked.Increment(ref _shorts);
        Volatile.Write(ref _receiving, 0);
    }

    public void OnEnd()
    {
        Enter("OnEnd");
        Interlocked.Increment(ref _ends);
        Volatile.Write(ref _receiving, 0);
    }

    public void OnSent()
    {
        Check("OnSent");
        Interlocked.Increment(ref _sent);
        Sent?.Invoke();
    }

    public void OnClosed(SocketError error)
    {
        if (Volatile.Read(ref _receiving) != 0)
            Fault("OnClosed within a receive call");
        if (Interlocked.Increment(ref _closes) > 1)
            Fault("OnClosed twice");
        ClosedNow?.Invoke();
        _closed.TrySetResult(error);
    }

    private void Enter(string call)
    {
        Check(call);
        if (Interlocked.Exchange(ref _receiving, 1) != 0)
            Fault($"{call} overlaps another");
    }

    private void Check(string call)
    {
        if (Closes > 0)
            Fault($"{call} after OnClosed");
    }

    private void Fault(string fault)
    {
        lock (_faults)
            _faults.Add(fault);
    }
}
