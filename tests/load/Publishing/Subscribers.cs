using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Reports;

namespace Gateway.Load.Publishing;

/// <summary>
/// Checks what each subscriber gets: every publication of its channels exactly once and in order, from the first that it sees on. Client i
/// is subscribed to so many channels from number i mod C on.
/// </summary>
/// <param name="count">Clients.</param>
/// <param name="channels">C.</param>
/// <param name="each">Channels of each client, at most C.</param>
/// <param name="subscribe">Subscribes a client that has opened; null: its path did.</param>
internal sealed class Subscribers(int count, int channels, int each = 1, Action<int>? subscribe = null) : IClientHandler
{
    // Publications of a channel that may be on their way at once; a power of two.
    private const int Window = 1 << 12;

    private readonly SequenceCheck _sequences = new(count * each);
    private readonly int[] _subscribers = CountSubscribers(count, channels, each);
    private readonly int[] _arrivals = new int[channels * Window];

    /// <summary>From publish to receive.</summary>
    public Latency Latency { get; } = new();

    /// <summary>What is lost, came twice or late.</summary>
    public SequenceCheck Sequences => _sequences;

    public long Deliveries { get; private set; }

    /// <summary>Publications that every subscriber of their channel got.</summary>
    public long Complete { get; private set; }

    /// <summary>Publications that came to somebody who is not subscribed to their channel.</summary>
    public long Strayed { get; private set; }

    /// <summary>Whether every subscriber has got something of each of its channels.</summary>
    public bool AllStarted => _sequences.Started == count * each;

    /// <summary>Channels of a client.</summary>
    public IEnumerable<int> ChannelsOf(int client) => Enumerable.Range(0, each).Select(offset => (client + offset) % channels);

    /// <summary>Whether every subscriber has got everything up to what was published.</summary>
    public bool HaveAll(Publications publications)
    {
        for (var sequence = 0; sequence < count * each; sequence++)
        {
            if (_sequences.Next(sequence) < publications.Published(ChannelOf(sequence)))
                return false;
        }

        return true;
    }

    /// <summary>Publications that have not come, over all subscribers, beyond those that were skipped.</summary>
    public long Missing(Func<int, long> published) =>
        Enumerable.Range(0, count * each).Sum(sequence => Math.Max(0, published(ChannelOf(sequence)) - Math.Max(0, _sequences.Next(sequence))));

    /// <summary>A measurement begins; nothing is on its way.</summary>
    public void Begin()
    {
        Latency.Reset();
        // The first publications of the warm-up reached only some.
        Array.Clear(_arrivals);
    }

    public void OnOpen(int client) => subscribe?.Invoke(client);

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (!Stamp.TryRead(payload, out var stamp))
            return; // a reply of the protocol
        var offset = (stamp.Channel - (client % channels) + channels) % channels;
        if (offset >= each || stamp.Channel >= channels)
        {
            Strayed++;
            return;
        }

        Deliveries++;
        Latency.Record(stamp.Timestamp);
        _sequences.Take((client * each) + offset, stamp.Number);
        ref var arrivals = ref _arrivals[(stamp.Channel * Window) + (int)(stamp.Number % Window)];
        if (++arrivals < _subscribers[stamp.Channel])
            return;
        arrivals = 0;
        Complete++;
    }

    public void OnReceived(int client)
    {
    }

    private static int[] CountSubscribers(int count, int channels, int each)
    {
        var subscribers = new int[channels];
        for (var sequence = 0; sequence < count * each; sequence++)
            subscribers[((sequence / each) + (sequence % each)) % channels]++;
        return subscribers;
    }

    private int ChannelOf(int sequence) => ((sequence / each) + (sequence % each)) % channels;
}
