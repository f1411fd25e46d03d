namespace Gateway.Conformance.Wire;

/// <summary>
/// RFC 1951 in the plainest way, with what a library does not tell: how far back the data refers, and so which window it needs.
/// </summary>
internal sealed class Inflate
{
    private static readonly byte[] Tail = [0x00, 0x00, 0xFF, 0xFF];
    private static readonly int[] LengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static readonly int[] LengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    private static readonly int[] DistanceBase =
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    private static readonly int[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    private static readonly Huffman FixedLiterals = new([.. Enumerable.Range(0, 288).Select(i => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)]);
    private static readonly Huffman FixedDistances = new([.. Enumerable.Repeat(5, 30)]);

    private readonly List<byte> _history = []; // of all messages so far
    private byte[] _input = [];
    private int _at; // in bits

    /// <summary>The farthest reference so far, in bytes.</summary>
    public int FarthestReference { get; private set; }

    /// <summary>Decompresses a message (RFC 7692 §7.2.2).</summary>
    /// <param name="payload">As it stood in the frames.</param>
    /// <param name="forgets">Whether it may not refer to the messages before.</param>
    public byte[] Message(byte[] payload, bool forgets)
    {
        if (forgets)
            _history.Clear();
        var start = _history.Count;
        _input = [.. payload, .. Tail];
        for (_at = 0; _at < _input.Length * 8;)
            Block();
        return [.. _history[start..]];
    }

    private void Block()
    {
        _ = Bits(1); // BFINAL: what follows starts a new stream on the same window
        switch (Bits(2))
        {
            case 0:
                _at = (_at + 7) / 8 * 8;
                var length = Bits(16);
                Assert.Equal(0xFFFF, length ^ Bits(16));
                for (; length > 0; length--)
                    _history.Add((byte)Bits(8));
                break;
            case 1:
                Codes(FixedLiterals, FixedDistances);
                break;
            case 2:
                DynamicCodes();
                break;
            default:
                Assert.Fail("RFC 1951 §3.2.3: a reserved block type.");
                break;
        }
    }

    private void DynamicCodes()
    {
        var (literals, distances, codes) = (Bits(5) + 257, Bits(5) + 1, Bits(4) + 4);
        var lengths = new int[19];
        for (var i = 0; i < codes; i++)
            lengths[CodeLengthOrder[i]] = Bits(3);
        var lengthCode = new Huffman(lengths);
        var all = new List<int>();
        while (all.Count < literals + distances)
        {
            var symbol = lengthCode.Next(Bit);
            if (symbol < 16)
                all.Add(symbol);
            else
                all.AddRange(Enumerable.Repeat(symbol == 16 ? all[^1] : 0, symbol == 16 ? 3 + Bits(2) : symbol == 17 ? 3 + Bits(3) : 11 + Bits(7)));
        }

        Codes(new Huffman([.. all[..literals]]), new Huffman([.. all[literals..]]));
    }

    private void Codes(Huffman literals, Huffman distances)
    {
        while (true)
        {
            var symbol = literals.Next(Bit);
            if (symbol == 256)
                return;
            if (symbol < 256)
            {
                _history.Add((byte)symbol);
                continue;
            }

            var length = LengthBase[symbol - 257] + Bits(LengthBits[symbol - 257]);
            var code = distances.Next(Bit);
            var distance = DistanceBase[code] + Bits(Math.Max(0, (code / 2) - 1));
            Assert.True(distance <= _history.Count, "A reference to before the begin, or to a message that must be forgotten.");
            FarthestReference = Math.Max(FarthestReference, distance);
            for (; length > 0; length--)
                _history.Add(_history[^distance]);
        }
    }

    private int Bits(int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++)
            value |= Bit() << i;
        return value;
    }

    private int Bit()
    {
        Assert.True(_at < _input.Length * 8, "The data ends within a block.");
        var bit = (_input[_at / 8] >> (_at % 8)) & 1;
        _at++;
        return bit;
    }

    /// <summary>A canonical code, RFC 1951 §3.2.2, read bit by bit.</summary>
    private sealed class Huffman
    {
        private readonly Dictionary<(int Length, int Code), int> _symbols = [];

        public Huffman(int[] lengths)
        {
            var code = 0;
            for (var length = 1; length <= 15; length++)
            {
                for (var symbol = 0; symbol < lengths.Length; symbol++)
                {
                    if (lengths[symbol] == length)
                        _symbols.Add((length, code++), symbol);
                }

                code <<= 1;
            }
        }

        public int Next(Func<int> bit)
        {
            var code = 0;
            for (var length = 1; length <= 15; length++)
            {
                code = (code << 1) | bit();
                if (_symbols.TryGetValue((length, code), out var symbol))
                    return symbol;
            }

            Assert.Fail("No such code.");
            return -1;
        }
    }
}
