namespace Gateway.Fuzz.Deflate;

/// <summary>A code of RFC 1951 §3.2.2, read by counting: the n-th code of a length belongs to the n-th symbol of that length.</summary>
internal sealed class SlowHuffman
{
    public const int MaxBits = 15;

    public static readonly SlowHuffman FixedLiterals = new(DeflateTables.FixedLiterals);
    public static readonly SlowHuffman FixedDistances = new(DeflateTables.FixedDistances);

    private readonly int[] _counts = new int[MaxBits + 1]; // of codes of each length
    private readonly List<int> _symbols = []; // by length, then by value

    public SlowHuffman(ReadOnlySpan<int> lengths)
    {
        for (var bits = 1; bits <= MaxBits; bits++)
        {
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] == bits)
                    _symbols.Add(symbol);
            }

            _counts[bits] = lengths.Count(bits);
            if (_counts[bits] > 0)
                Longest = bits;
        }

        var left = 1;
        for (var bits = 1; bits <= MaxBits && left >= 0; bits++)
            left = (left << 1) - _counts[bits];
        Left = left;
    }

    /// <summary>Codes of 15 bits that are free; negative when there are more codes than can be.</summary>
    public int Left { get; }

    public int Longest { get; }

    public int Read(SlowInflater input)
    {
        var (code, first, index) = (0, 0, 0);
        for (var bits = 1; bits <= MaxBits; bits++)
        {
            var bit = input.Bits(1);
            if (bit < 0)
                return bit;
            code |= bit;
            var count = _counts[bits];
            if (code - first < count)
                return _symbols[index + code - first];
            if (bits >= Longest)
                return SlowInflater.Invalid;
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }

        return SlowInflater.Invalid;
    }
}
