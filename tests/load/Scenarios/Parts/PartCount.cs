using System.Collections.Concurrent;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>What attackers have come to; many threads count.</summary>
internal sealed class PartCount
{
    private readonly ConcurrentDictionary<string, long> _ends = new();
    private long _connected;
    private long _handshakes;
    private long _sent;

    /// <summary>A connection stands.</summary>
    public void Connect()
    {
        Interlocked.Increment(ref _handshakes);
        Interlocked.Increment(ref _connected);
    }

    /// <summary>One has gone.</summary>
    public void Disconnect() => Interlocked.Decrement(ref _connected);

    public void Send(int bytes) => Interlocked.Add(ref _sent, bytes);

    /// <summary>One was ended by the node.</summary>
    /// <param name="end">Its HTTP status, its close code, or "cut".</param>
    public void End(string end) => _ends.AddOrUpdate(end, 1, static (_, count) => count + 1);

    public PartStatus Status() => new(Interlocked.Read(ref _connected), Interlocked.Read(ref _handshakes), Interlocked.Read(ref _sent), new(_ends));
}
