namespace Gateway.Fuzz.Deflate;

/// <summary>A literal, or a reference with a length (RFC 1951 §3.2.5).</summary>
internal readonly record struct DeflateToken
{
    public DeflateToken(byte literal) => Symbol = literal;

    public DeflateToken(int length, int distance)
    {
        (Length, Distance) = (length, distance);
        Symbol = 257 + LastAtMost(DeflateTables.Lengths, length);
        DistanceSymbol = LastAtMost(DeflateTables.Distances, distance);
    }

    /// <summary>Of the code of literals and lengths.</summary>
    public int Symbol { get; }

    /// <summary>0: a literal.</summary>
    public int Length { get; }

    public int Distance { get; }

    public int DistanceSymbol { get; }

    private static int LastAtMost(int[] values, int value) => Array.FindLastIndex(values, first => first <= value);
}
