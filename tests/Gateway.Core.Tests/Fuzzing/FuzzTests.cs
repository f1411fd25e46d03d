using Gateway.Fuzz;

namespace Gateway.Core.Tests.Fuzzing;

/// <summary>
/// The fuzz targets of tests/Gateway.Fuzz, briefly: what was kept, and inputs of one seed. CONTRIBUTING.md says how to run them for longer.
/// </summary>
public class FuzzTests
{
    private const int Inputs = 20_000;
    private const int Seed = 20_260_101;

    public static readonly TheoryData<string> Targets = [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Corpus_Replayed_BreaksNothing(string target)
    {
        var run = new FuzzRun(FuzzTargets.Named(target));

        Assert.NotEqual(0, run.CorpusSize);
        Assert.Null(run.Replay(TimeProvider.System)?.ToString());
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Inputs_Generated_BreakNothing(string target)
    {
        var run = new FuzzRun(FuzzTargets.Named(target));
        for (var number = 0; number < Inputs; number++)
            Assert.Null(run.Generate(Seed, number, TimeProvider.System)?.ToString());

        // They reach more than the first check.
        Assert.InRange(run.Outcomes.Count, 4, 100);
    }

    /// <summary>The properties can fail.</summary>
    [Fact]
    public void Target_ThatBreaksAProperty_IsFoundAndItsInputMadeSmall()
    {
        var run = new FuzzRun(new Broken());
        FuzzFinding? finding = null;
        for (var number = 0; finding is null; number++)
            finding = run.Generate(Seed, number, TimeProvider.System);

        Assert.Equal([(byte)'!'], run.Shrink(finding, TimeProvider.System).Input);
        Assert.IsType<FuzzException>(finding.Exception);
    }

    [Fact]
    public void Input_OfASeedAndANumber_IsAlwaysTheSame()
    {
        var target = FuzzTargets.All[0];

        Assert.Equal(new Mutator(target, []).Input(1, 2), new Mutator(target, []).Input(1, 2));
        Assert.NotEqual(new Mutator(target, []).Input(1, 2), new Mutator(target, []).Input(1, 3));
    }

    private sealed class Broken : IFuzzTarget
    {
        public string Name => "broken";

        public IReadOnlyList<byte[]> Dictionary { get; } = [[(byte)'!']];

        public byte[] Generate(Random random) => new byte[random.Next(100)];

        public string Check(ReadOnlySpan<byte> input, Random random)
        {
            Property.Holds(!input.Contains((byte)'!'), "no exclamation mark");
            return "fine";
        }
    }
}
