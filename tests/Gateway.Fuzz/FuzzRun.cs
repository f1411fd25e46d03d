namespace Gateway.Fuzz;

/// <summary>Feeds a target: its corpus first, then generated inputs.</summary>
internal sealed class FuzzRun
{
    private readonly IFuzzTarget _target;
    private readonly IReadOnlyList<(string Name, byte[] Input)> _corpus;
    private readonly Mutator _mutator;
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private long _startedAt; // of the input that runs; the watchdog's

    public FuzzRun(IFuzzTarget target)
    {
        _target = target;
        _corpus = Corpus.Of(target);
        _mutator = new Mutator(target, [.. _corpus.Select(kept => kept.Input)]);
    }

    /// <summary>How many inputs came to which end.</summary>
    public IReadOnlyDictionary<string, long> Outcomes => _outcomes;

    public int CorpusSize => _corpus.Count;

    /// <summary>The input that runs, for whoever finds it hanging.</summary>
    public byte[] Current { get; private set; } = [];

    /// <summary>How long it has been running.</summary>
    public TimeSpan CurrentTime(TimeProvider time) => time.GetElapsedTime(Volatile.Read(ref _startedAt));

    /// <summary>Null: all is well.</summary>
    public FuzzFinding? Replay(TimeProvider time) =>
        _corpus.Select(kept => Try(kept.Input, kept.Name, time)).FirstOrDefault(finding => finding is not null);

    /// <summary>Null: all is well.</summary>
    public FuzzFinding? Generate(int seed, long number, TimeProvider time) =>
        Try(_mutator.Input(seed, number), $"seed {seed}, input {number}", time);

    /// <summary>Takes away what the finding does not need.</summary>
    public FuzzFinding Shrink(FuzzFinding finding, TimeProvider time)
    {
        for (var piece = finding.Input.Length / 2; piece > 0; piece /= 2)
        {
            for (var at = 0; at + piece <= finding.Input.Length;)
            {
                if (Try([.. finding.Input[..at], .. finding.Input[(at + piece)..]], finding.Source, time) is { } smaller)
                    finding = smaller;
                else
                    at += piece;
            }
        }

        return finding;
    }

    public FuzzFinding? Try(byte[] input, string source, TimeProvider time)
    {
        Current = input;
        Volatile.Write(ref _startedAt, time.GetTimestamp());
        try
        {
            // The input decides where it is cut: one file is enough to see it again.
            var outcome = _target.Check(input, new Random(CutSeed(input)));
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            return null;
        }
#pragma warning disable CA1031 // Whatever a reader throws is a finding.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new FuzzFinding(_target.Name, source, input, e);
        }
    }

    private static int CutSeed(byte[] input)
    {
        var seed = 17;
        foreach (var b in input)
            seed = unchecked((seed * 31) + b);
        return seed;
    }
}

/// <summary>An input that breaks a property.</summary>
/// <param name="Target">Of which target.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Input">The input.</param>
/// <param name="Exception">What happened.</param>
internal sealed record FuzzFinding(string Target, string Source, byte[] Input, Exception Exception)
{
    public override string ToString() => $"{Target}, {Source}, {Input.Length} bytes: {Convert.ToHexString(Input)}\n{Exception}";
}
