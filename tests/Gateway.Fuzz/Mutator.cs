namespace Gateway.Fuzz;

/// <summary>Changes inputs a little: bits, bytes, pieces, lengths, and pieces of another input of the corpus.</summary>
internal sealed class Mutator(IInputSource target, IReadOnlyList<byte[]> corpus, int mostBytes = Mutator.MaxBytes)
{
    // Where length fields and counters change their meaning.
    private static readonly byte[] Edges = [0x00, 0x01, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x3A, 0x5C, 0x7D, 0x7E, 0x7F, 0x80, 0x81, 0xBF, 0xC0, 0xED, 0xF4, 0xFE, 0xFF];

    /// <summary>The input of a seed and a number: the same on every machine.</summary>
    public byte[] Input(int seed, long number)
    {
        var random = new Random(HashOf(seed, number));
        var input = corpus.Count > 0 && random.Next(4) == 0 ? corpus[random.Next(corpus.Count)] : target.Generate(random);
        // Half stays as it is: what lies behind the first check is reached too.
        if (random.Next(2) == 0)
            return input;
        for (var changes = 1 << random.Next(3); changes > 0; changes--)
            input = Change(input, random);
        return input.Length <= mostBytes ? input : input[..mostBytes];
    }

    /// <summary>Longer inputs show nothing new and take longer.</summary>
    public const int MaxBytes = 16 * 1024;

    private byte[] Change(byte[] input, Random random)
    {
        if (input.Length == 0)
            return Token(random);
        var at = random.Next(input.Length);
        var length = Math.Min(1 << random.Next(8), input.Length - at);
        return random.Next(9) switch
        {
            0 => With(input, at, (byte)(input[at] ^ (1 << random.Next(8)))),
            1 => With(input, at, Edges[random.Next(Edges.Length)]),
            2 => With(input, at, (byte)random.Next(256)),
            3 => [.. input[..at], .. input[(at + length)..]],
            4 => [.. input[..(at + length)], .. input[at..]],
            5 => [.. input[..at], .. Token(random), .. input[at..]],
            6 => [.. input[..at], .. Token(random), .. input[(at + length)..]],
            7 => input[..at],
            _ => Splice(input, at, random),
        };
    }

    private byte[] Splice(byte[] input, int at, Random random)
    {
        var other = corpus.Count > 0 && random.Next(2) == 0 ? corpus[random.Next(corpus.Count)] : target.Generate(random);
        return [.. input[..at], .. other[random.Next(other.Length + 1)..]];
    }

    private byte[] Token(Random random) => target.Dictionary[random.Next(target.Dictionary.Count)];

    private static byte[] With(byte[] input, int at, byte value)
    {
        var changed = (byte[])input.Clone();
        changed[at] = value;
        return changed;
    }

    private static int HashOf(int seed, long number)
    {
        // SplitMix64: neighbouring numbers give unrelated inputs.
        var z = unchecked(((ulong)number * 0x9E3779B97F4A7C15) + (ulong)seed);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return (int)(z ^ (z >> 31));
    }
}
