namespace Gateway.Fuzz.Deflate;

/// <summary>Prefix codes by lot: as skewed as no text would make them.</summary>
internal static class RandomCode
{
    public const int MaxBits = SlowHuffman.MaxBits;

    /// <summary>The lengths of a complete code of the symbols used; 0 for the others. One symbol alone has one bit.</summary>
    /// <param name="used">Symbols, in any number.</param>
    /// <param name="size">As many lengths, at least.</param>
    /// <param name="maxBits">The longest.</param>
    /// <param name="random">The lot.</param>
    public static int[] Of(IReadOnlyList<int> used, int size, int maxBits, Random random)
    {
        var symbols = used.Distinct().ToArray();
        var lengths = new int[Math.Max(size, symbols.Length == 0 ? 1 : symbols.Max() + 1)];
        if (symbols.Length == 0)
            return lengths;
        // A tree whose leaves are split at random.
        var leaves = new List<int> { symbols.Length == 1 ? 1 : 0 };
        var skew = random.Next(2) == 0;
        while (leaves.Count < symbols.Length)
        {
            var leaf = skew ? leaves.Count - 1 : random.Next(leaves.Count);
            if (leaves[leaf] == maxBits)
                leaf = leaves.IndexOf(leaves.Min());
            leaves[leaf]++;
            leaves.Add(leaves[leaf]);
        }

        random.Shuffle(symbols);
        for (var i = 0; i < symbols.Length; i++)
            lengths[symbols[i]] = leaves[i];
        return lengths;
    }

    /// <summary>RFC 1951 §3.2.2.</summary>
    public static int[] CodesOf(int[] lengths)
    {
        var codes = new int[lengths.Length];
        var code = 0;
        for (var bits = 1; bits <= MaxBits; bits++, code <<= 1)
        {
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] == bits)
                    codes[symbol] = code++;
            }
        }

        return codes;
    }
}
