namespace Gateway.Fuzz.Deflate;

/// <summary>How far a <see cref="SlowInflater"/> came.</summary>
internal enum SlowInflateEnd
{
    /// <summary>The data ends where a message may end: behind a final block, or where the sender took the tail off.</summary>
    Whole,

    /// <summary>The data ends elsewhere; nothing in it is wrong.</summary>
    Open,

    /// <summary>This is not deflate.</summary>
    Invalid,

    /// <summary>It becomes more than it may.</summary>
    TooBig,

    /// <summary>It refers to what was said, but further back than was agreed.</summary>
    BeyondWindow,

    /// <summary>It begins more streams than it may.</summary>
    TooManyStreams,
}

/// <summary>
/// The compressed data of one message, RFC 1951 bit by bit: the slow opinion beside the engine's. It reads the data from its first byte
/// each time, knows no state between calls but what is given to it, and judges at the first bit that decides.
/// </summary>
/// <param name="data">The message's compressed data, as much as there is.</param>
/// <param name="history">What was said before, and behind it what the data becomes.</param>
/// <param name="window">How far back a reference may reach.</param>
/// <param name="limit">The most bytes that the message may become.</param>
internal sealed partial class SlowInflater(byte[] data, List<byte> history, int window, int limit)
{
    // The engine's own bound on what it copies when a final block is not the message's end.
    private const int MaxRefilledBytes = 32 * 1024 * 1024;

    private readonly int _start = history.Count;
    private int _bit; // of the data; the next one
    private int _refilled;

    /// <summary>Whether the last block that was read is a final one (BFINAL); of the message before, at first.</summary>
    public bool IsStreamEnded { get; set; }

    public SlowInflateEnd Run()
    {
        while (true)
        {
            if (IsStreamEnded)
            {
                // RFC 1951 §3.2.3 ends the stream; what follows begins at a byte.
                _bit = (_bit + 7) / 8 * 8;
                if (_bit == 8 * data.Length)
                    return SlowInflateEnd.Whole;
                _refilled += Math.Min(window, history.Count);
                if (_refilled > MaxRefilledBytes)
                    return SlowInflateEnd.TooManyStreams;
                IsStreamEnded = false;
            }

            if (data.Length == 0)
                return SlowInflateEnd.Whole;
            var (final, type) = (Bits(1), Bits(2));
            if (type < 0)
                return SlowInflateEnd.Open;
            var end = type switch { 0 => Stored(), 1 => Compressed(SlowHuffman.FixedLiterals, SlowHuffman.FixedDistances), 2 => Dynamic(), _ => SlowInflateEnd.Invalid };
            if (end is { } reached)
            {
                IsStreamEnded = reached == SlowInflateEnd.Whole && final == 1;
                return reached;
            }

            IsStreamEnded = final == 1;
        }
    }

    /// <summary>§3.2.4. RFC 7692 §7.2.1 takes an empty one's length off: that is where a message ends.</summary>
    private SlowInflateEnd? Stored()
    {
        var at = (_bit + 7) / 8;
        if (at == data.Length)
            return SlowInflateEnd.Whole;
        if (data.Length - at < 4)
            return SlowInflateEnd.Open;
        var length = data[at] | (data[at + 1] << 8);
        if ((length ^ 0xFFFF) != (data[at + 2] | (data[at + 3] << 8)))
            return SlowInflateEnd.Invalid;
        at += 4;
        for (; length > 0; length--, at++)
        {
            if (at == data.Length)
                return SlowInflateEnd.Open;
            if (!TryAdd(data[at]))
                return SlowInflateEnd.TooBig;
        }

        _bit = 8 * at;
        return null;
    }

    /// <summary>§3.2.5.</summary>
    private SlowInflateEnd? Compressed(SlowHuffman literals, SlowHuffman distances)
    {
        while (true)
        {
            var symbol = literals.Read(this);
            if (symbol < 0)
                return End(symbol);
            if (symbol == 256)
                return null;
            if (symbol < 256)
            {
                if (!TryAdd((byte)symbol))
                    return SlowInflateEnd.TooBig;
                continue;
            }

            if (symbol > 285)
                return SlowInflateEnd.Invalid;
            var length = With(DeflateTables.Lengths[symbol - 257], DeflateTables.LengthBits[symbol - 257]);
            var code = length < 0 ? Open : distances.Read(this);
            if (code is < 0 or > 29)
                return End(code);
            var distance = With(DeflateTables.Distances[code], DeflateTables.DistanceBits[code]);
            if (distance < 0)
                return SlowInflateEnd.Open;
            if (distance > window)
                return distance > history.Count ? SlowInflateEnd.Invalid : SlowInflateEnd.BeyondWindow;
            if (distance > history.Count)
                return SlowInflateEnd.Invalid;
            for (; length > 0; length--)
            {
                if (!TryAdd(history[^distance]))
                    return SlowInflateEnd.TooBig;
            }
        }
    }

    private bool TryAdd(byte value)
    {
        if (history.Count - _start == limit)
            return false;
        history.Add(value);
        return true;
    }
}
