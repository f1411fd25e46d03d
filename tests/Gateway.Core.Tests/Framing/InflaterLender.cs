using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Framing;

/// <summary>Readers' inflaters: shared, as without context takeover, or new ones that keep their history.</summary>
internal sealed class InflaterLender : IDisposable
{
    public InflaterLender() => Shared = new SharedInflaters(Pool, Counters);

    public CompressionCounters Counters { get; } = new();

    public CountedPool<MessageInflater> Pool { get; } = new(() => new MessageInflater(15, keepsHistory: false), 1, MessageInflater.SizeOf(15, keepsHistory: false));

    public InflaterSource Shared { get; }

    /// <summary>Reads an input in pieces that end at the cuts, and checks that every rental has returned.</summary>
    public List<ReadEvent> Read(ReadOnlySpan<byte> input, IEnumerable<int> cuts, bool withTakeover = false, int maxMessageBytes = 1 << 20, int windowBits = 15)
    {
        using var own = withTakeover ? new DedicatedInflater(windowBits, new MemoryAccount(), Counters) : null;
        var events = ReaderRun.Cut(input, cuts, maxMessageBytes, own ?? Shared);
        Assert.Equal(0, Pool.Rented);
        return events;
    }

    /// <summary>Reads an input whole, byte by byte, and in two pieces cut at every offset, and expects the same each time.</summary>
    public void ExpectHoweverCut(byte[] input, IReadOnlyList<ReadEvent> expected, bool withTakeover = false, int maxMessageBytes = 1 << 20)
    {
        Assert.Equal(expected, Read(input, [], withTakeover, maxMessageBytes));
        Assert.Equal(expected, Read(input, Enumerable.Range(0, input.Length), withTakeover, maxMessageBytes));
        for (var cut = 0; cut <= input.Length; cut++)
            Assert.Equal(expected, Read(input, [cut], withTakeover, maxMessageBytes));
    }

    /// <summary>The one that the pool retains.</summary>
    public void Dispose() => Pool.Rent().Dispose();
}
