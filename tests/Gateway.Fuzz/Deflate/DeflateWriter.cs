namespace Gateway.Fuzz.Deflate;

/// <summary>
/// Writes blocks of deflate (RFC 1951 §3.2.3) that no compressor would: any of the three kinds, with references and codes by lot, all
/// right as long as the caller does not ask for what is wrong.
/// </summary>
/// <param name="random">The lot.</param>
/// <param name="history">What a reference may reach; what is written is put behind it.</param>
/// <param name="window">How far it may reach.</param>
internal sealed class DeflateWriter(Random random, List<byte> history, int window)
{
    private readonly BitWriter _bits = new();

    public byte[] ToArray() => _bits.ToArray();

    public void Stored(ReadOnlySpan<byte> bytes, bool isFinal)
    {
        BeginBlock(isFinal, type: 0);
        _bits.Bytes([(byte)bytes.Length, (byte)(bytes.Length >> 8), (byte)~bytes.Length, (byte)(~bytes.Length >> 8)]);
        _bits.Bytes(bytes);
        history.AddRange(bytes);
        EndBlock(isFinal);
    }

    public void Fixed(IReadOnlyList<DeflateToken> tokens, bool isFinal)
    {
        BeginBlock(isFinal, type: 1);
        Tokens(tokens, DeflateTables.FixedLiterals, DeflateTables.FixedDistances);
        EndBlock(isFinal);
    }

    /// <summary>§3.2.7: the lengths of the codes first, by a code of their own.</summary>
    public void Dynamic(IReadOnlyList<DeflateToken> tokens, bool isFinal)
    {
        BeginBlock(isFinal, type: 2);
        var literals = RandomCode.Of([256, .. tokens.Select(token => token.Symbol)], random.Next(257, 287), RandomCode.MaxBits, random);
        var distances = RandomCode.Of([.. tokens.Where(token => token.Length > 0).Select(token => token.DistanceSymbol)], random.Next(1, 31), RandomCode.MaxBits, random);
        int[] lengths = [.. literals, .. distances];
        // At least two symbols: this code must be complete.
        var code = RandomCode.Of([.. lengths, 17, random.Next(2) * 18], DeflateTables.CodeOrder.Length, maxBits: 7, random);
        _bits.Bits(literals.Length - 257, 5);
        _bits.Bits(distances.Length - 1, 5);
        _bits.Bits(DeflateTables.CodeOrder.Length - 4, 4);
        foreach (var symbol in DeflateTables.CodeOrder)
            _bits.Bits(code[symbol], 3);
        var codes = RandomCode.CodesOf(code);
        for (var i = 0; i < lengths.Length; i++)
        {
            var zeros = lengths.AsSpan(i).IndexOfAnyExcept(0) is var end and >= 0 ? end : lengths.Length - i;
            var run = Math.Min(zeros, 10);
            var symbol = run >= 3 && random.Next(4) > 0 ? 17 : lengths[i];
            _bits.Code(codes[symbol], code[symbol]);
            if (symbol != 17)
                continue;
            _bits.Bits(run - 3, 3);
            i += run - 1;
        }

        Tokens(tokens, literals, distances);
        EndBlock(isFinal);
    }

    /// <summary>What a sender ends a message with: an empty stored block without its length (RFC 7692 §7.2.1).</summary>
    public void Tail() => BeginBlock(isFinal: false, type: 0);

    /// <summary>Bits of no meaning.</summary>
    public void Noise() => _bits.Bits(random.Next(1 << 12), random.Next(12));

    private void BeginBlock(bool isFinal, int type)
    {
        _bits.Bits(isFinal ? 1 : 0, 1);
        _bits.Bits(type, 2);
    }

    private void EndBlock(bool isFinal)
    {
        // Another stream begins at a byte.
        if (isFinal)
            _bits.Align();
    }

    private void Tokens(IReadOnlyList<DeflateToken> tokens, int[] literals, int[] distances)
    {
        var (literalCodes, distanceCodes) = (RandomCode.CodesOf(literals), RandomCode.CodesOf(distances));
        foreach (var token in tokens)
        {
            _bits.Code(literalCodes[token.Symbol], literals[token.Symbol]);
            if (token.Length == 0)
            {
                history.Add((byte)token.Symbol);
                continue;
            }

            _bits.Bits(token.Length - DeflateTables.Lengths[token.Symbol - 257], DeflateTables.LengthBits[token.Symbol - 257]);
            _bits.Code(distanceCodes[token.DistanceSymbol], distances[token.DistanceSymbol]);
            _bits.Bits(token.Distance - DeflateTables.Distances[token.DistanceSymbol], DeflateTables.DistanceBits[token.DistanceSymbol]);
            for (var i = 0; i < token.Length && token.Distance <= Math.Min(window, history.Count); i++)
                history.Add(history[^token.Distance]);
        }

        _bits.Code(literalCodes[256], literals[256]);
    }
}
