using Gateway.Core.Framing;

namespace Gateway.Fuzz.Deflate;

/// <summary>What was read of an input, comparable.</summary>
internal sealed class DeflateTranscript
{
    private readonly List<int> _events = []; // hashes

    public int Events => _events.Count;

    /// <summary>How it ended.</summary>
    public ProtocolError Error { get; set; }

    /// <summary>Compressed messages, the bytes they became, and the bytes they were.</summary>
    public (long Messages, long Original, long Compressed) Counted { get; private set; }

    public void Add(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var hash = default(HashCode);
        hash.Add(opcode);
        hash.AddBytes(payload);
        _events.Add(hash.ToHashCode());
    }

    public void Count(int original, int compressed) =>
        Counted = (Counted.Messages + 1, Counted.Original + original, Counted.Compressed + compressed);

    public void Count((long, long, long) counted) => Counted = counted;

    /// <summary>Everything is the same.</summary>
    public void ExpectSame(DeflateTranscript other, string what)
    {
        ExpectBeginning(other, what);
        Property.Equal(Events, other.Events, $"{what}: messages and control frames");
        Property.Equal(Error, other.Error, $"{what}: end");
        Property.Equal(Counted, other.Counted, $"{what}: what was counted");
    }

    /// <summary>The other begins with all of this.</summary>
    public void ExpectBeginning(DeflateTranscript other, string what)
    {
        for (var i = 0; i < Math.Min(Events, other.Events); i++)
            Property.Equal(_events[i], other._events[i], $"{what}: {i} of the messages and control frames");
        Property.Holds(Events <= other.Events, $"{what}: {Events} messages and control frames were expected, {other.Events} came, then {other.Error}.");
    }
}
