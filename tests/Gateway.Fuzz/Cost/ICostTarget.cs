namespace Gateway.Fuzz.Cost;

/// <summary>One reader of bytes that a peer chooses, judged by what an input costs it.</summary>
internal interface ICostTarget : IInputSource
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>Longest input: what the reader's own limits, or the fuzzer's patience, allow.</summary>
    int MaxBytes => 16 * 1024;

    /// <summary>CPU that any input may take, whatever its size: what one refusal may.</summary>
    TimeSpan Floor => TimeSpan.FromMicroseconds(20);

    /// <summary>The dearest inputs that are known, each made as long as asked for. Legal but where nothing legal is as dear.</summary>
    IReadOnlyList<CostCase> Worst { get; }

    /// <summary>An ordinary input of about this size, ready to be read.</summary>
    Action Ordinary(int size);

    /// <summary>An input, ready to be read: what is called is the reader and nothing else. It leaves nothing behind.</summary>
    Action Prepare(byte[] input);
}

/// <summary>A dear input.</summary>
/// <param name="Name">What it is full of.</param>
/// <param name="Make">Makes one of about so many bytes.</param>
internal sealed record CostCase(string Name, Func<int, byte[]> Make)
{
    /// <summary>Head, as many pieces as fit, tail.</summary>
    public static CostCase Of(string name, string head, string piece, string tail = "") =>
        new(name, size => Words.Latin1(head + string.Concat(Enumerable.Repeat(piece, Math.Max(1, (size - head.Length - tail.Length) / piece.Length))) + tail));
}
