namespace Gateway.Fuzz.Deflate;

/// <content>Bits, and the codes that a dynamic block brings (RFC 1951 §3.2.7).</content>
internal sealed partial class SlowInflater
{
    /// <summary>In place of a value: the data ends within it.</summary>
    public const int Open = -1;

    /// <summary>In place of a symbol: no code begins so.</summary>
    public const int Invalid = -2;

    /// <summary>§3.1.1: the least significant bit comes first.</summary>
    public int Bits(int count)
    {
        if (_bit + count > 8 * data.Length)
        {
            _bit = 8 * data.Length;
            return Open;
        }

        var value = 0;
        for (var i = 0; i < count; i++, _bit++)
            value |= ((data[_bit / 8] >> (_bit % 8)) & 1) << i;
        return value;
    }

    private static SlowInflateEnd End(int value) => value == Open ? SlowInflateEnd.Open : SlowInflateEnd.Invalid;

    private int With(int value, int extraBits) => Bits(extraBits) is var extra and >= 0 ? value + extra : Open;

    private SlowInflateEnd? Dynamic()
    {
        var (literals, distances, codes) = (Bits(5) + 257, Bits(5) + 1, Bits(4) + 4);
        if (codes < 4)
            return SlowInflateEnd.Open;
        if (literals > 286 || distances > 30)
            return SlowInflateEnd.Invalid;
        var codeLengths = new int[19];
        for (var i = 0; i < codes; i++)
        {
            if ((codeLengths[DeflateTables.CodeOrder[i]] = Bits(3)) < 0)
                return SlowInflateEnd.Open;
        }

        var code = new SlowHuffman(codeLengths);
        if (code.Left < 0 || (code.Left > 0 && code.Longest > 0))
            return SlowInflateEnd.Invalid;
        var lengths = new int[literals + distances];
        if (ReadLengths(code, lengths) is { } end)
            return end;
        var (literal, distance) = (new SlowHuffman(lengths.AsSpan(0, literals)), new SlowHuffman(lengths.AsSpan(literals)));
        return lengths[256] == 0 || !IsUsable(literal) || !IsUsable(distance) ? SlowInflateEnd.Invalid : Compressed(literal, distance);
    }

    private SlowInflateEnd? ReadLengths(SlowHuffman code, int[] lengths)
    {
        for (var i = 0; i < lengths.Length;)
        {
            // zlib reads zeros where there is no code at all, and finds later that no block ends without one.
            var symbol = code.Longest == 0 ? Math.Min(0, Bits(1)) : code.Read(this);
            if (symbol < 0)
                return End(symbol);
            if (symbol < 16)
            {
                lengths[i++] = symbol;
                continue;
            }

            var repeat = symbol switch { 16 => With(3, 2), 17 => With(3, 3), _ => With(11, 7) };
            if (repeat < 0)
                return SlowInflateEnd.Open;
            if ((symbol == 16 && i == 0) || i + repeat > lengths.Length)
                return SlowInflateEnd.Invalid;
            var value = symbol == 16 ? lengths[i - 1] : 0;
            lengths.AsSpan(i, repeat).Fill(value);
            i += repeat;
        }

        return null;
    }

    /// <summary>Complete, or one code of one bit, or none.</summary>
    private static bool IsUsable(SlowHuffman code) => code.Left == 0 || (code.Left > 0 && code.Longest <= 1);
}
