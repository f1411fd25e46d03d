using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Reports;

namespace Gateway.Load.Publishing;

/// <summary>
/// Checks what each subscriber gets: every publication of its channel exactly once and in order, from the first that it sees on.
/// Client i is subscribed to channel i mod C.
/// </summary>
internal sealed class Subscribers(int count, int channels, Action<int>? subscribe = null) : IClientHandler
{
    // Publications of a channel that may be on their way at once; a power of two.
    private const int Window = 1 << 12;

    private readonly long[] _next = [.. Enumerable.Repeat(-1L, count)];
    private readonly int[] _arrivals = new int[channels * Window];
    private int _started;

    /// <summary>From publish to receive.</summary>
    public Latency Latency { get; } = new();

    public long Deliveries { get; private set; }

    /// <summary>Publications that a subscriber never got.</summary>
    public long Lost { get; private set; }

    /// <summary>Publications that came a second time or after a later one.</summary>
    public long Disordered { get; private set; }

    /// <summary>Publications that every subscriber of their channel got.</summary>
    public long Complete { get; private set; }

    /// <summary>Whether every subscriber has got something.</summary>
    public bool AllStarted => _started == count;

    public int SubscribersOf(int channel) => (count / channels) + (channel < count % channels ? 1 : 0);

    /// <summary>Whether every subscriber has got everything up to what was published.</summary>
    public bool HaveAll(Publications publications)
    {
        for (var client = 0; client < count; client++)
        {
            if (_next[client] < publications.Published(client % channels))
                return false;
        }

        return true;
    }

    /// <summary>Publications that have not come, over all subscribers.</summary>
    public long Missing(Publications publications) =>
        Enumerable.Range(0, count).Sum(client => Math.Max(0, publications.Published(client % channels) - Math.Max(0, _next[client])));

    /// <summary>Counts from here on; nothing is on its way.</summary>
    public void Begin()
    {
        (Deliveries, Complete) = (0, 0);
        Latency.Reset();
        // The first publications of the warm-up reached only some.
        Array.Clear(_arrivals);
    }

    public void OnOpen(int client) => subscribe?.Invoke(client);

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (!Stamp.TryRead(payload, out var number, out var timestamp))
            return; // a reply of the protocol
        Deliveries++;
        Latency.Record(timestamp);
        CheckOrder(client, number);
        ref var arrivals = ref _arrivals[(client % channels * Window) + (int)(number % Window)];
        if (++arrivals < SubscribersOf(client % channels))
            return;
        arrivals = 0;
        Complete++;
    }

    public void OnReceived(int client)
    {
    }

    private void CheckOrder(int client, long number)
    {
        ref var next = ref _next[client];
        if (next < 0)
            _started++;
        else if (number > next)
            Lost += number - next;
        else if (number < next)
            Disordered++;
        next = Math.Max(next, number + 1);
    }
}
