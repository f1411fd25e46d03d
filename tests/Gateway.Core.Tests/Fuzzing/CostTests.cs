using Gateway.Fuzz.Cost;

namespace Gateway.Core.Tests.Fuzzing;

/// <summary>
/// Every reader of bytes that a peer chooses, fed its dearest inputs that are known. Bytes allocated are the same each time; CPU is the
/// thread's own, the least of many readings, against that of an ordinary input in the same run: an input that is dear by nature stays so however often it
/// is measured. The search for others is a run of tests/Gateway.Fuzz.
/// </summary>
public class CostTests
{
    private const int Size = 4 * 1024;

    // The compiler may take its time on a busy machine; what is within the bounds is so at the first or the second.
    private const int Attempts = 1000;

    public static readonly TheoryData<string> Targets = [.. CostTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Input_TheDearestKnown_CostsNoMoreThanItMay(string name)
    {
        var target = CostTargets.Named(name);
        var meter = new CostMeter(target);
        Assert.NotEmpty(target.Worst);
        foreach (var worst in target.Worst)
        {
            var input = worst.Make(Math.Min(Size, target.MaxBytes));
            var read = target.Prepare(input);
            string? fault = "";
            for (var attempt = 0; attempt < Attempts && fault is not null; attempt++)
                fault = meter.Judge(input.Length, CostMeter.Measure(read, 3));

            Assert.True(fault is null, $"{name}, {worst.Name}: {fault}");
        }
    }

    /// <summary>Work that grows with the square of what comes shows in what is allocated, or in what twice as much costs.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void Input_TwiceAsLong_AllocatesNoMoreThanTwiceAsMuch(string name)
    {
        var target = CostTargets.Named(name);
        foreach (var worst in target.Worst)
        {
            var (half, whole) = (Allocated(target, worst, Math.Min(Size, target.MaxBytes) / 2), Allocated(target, worst, Math.Min(Size, target.MaxBytes)));
            // Lists double; what is refused early allocates less.
            Assert.True(whole <= (3 * half) + 4096, $"{name}, {worst.Name}: {half} bytes, then {whole}");
        }
    }

    /// <summary>The judge can say no: of time, and of memory.</summary>
    [Fact]
    public void Search_InAReaderThatIsTooDear_Finds()
    {
        Assert.Contains("times an ordinary input", Search(new Squaring()).Fault, StringComparison.Ordinal);
        Assert.Contains("bytes allocated", Search(new Hoarding()).Fault, StringComparison.Ordinal);
    }

    private static CostFinding Search(ICostTarget target)
    {
        var run = new CostRun(target);
        CostFinding? finding = null;
        for (var number = 0; finding is null && number < 20_000; number++)
            finding = run.Generate(1, number);
        return finding ?? throw new InvalidOperationException("Nothing was found.");
    }

    private static long Allocated(ICostTarget target, CostCase worst, int size)
    {
        // The first of some readings allocates what is kept.
        return CostMeter.Measure(target.Prepare(worst.Make(size)), 3).Allocated;
    }

    /// <summary>Looks at all the rest at each exclamation mark.</summary>
    private sealed class Squaring : Fabricated
    {
        protected override int Read(byte[] input)
        {
            var sum = 0;
            for (var at = 0; at < input.Length; at++)
            {
                for (var rest = at; input[at] == '!' && rest < input.Length; rest++)
                    sum += input[rest];
            }

            return sum;
        }
    }

    /// <summary>Keeps a kilobyte for each exclamation mark.</summary>
    private sealed class Hoarding : Fabricated
    {
        public override TimeSpan Floor => TimeSpan.FromMinutes(1);

        protected override int Read(byte[] input) => input.Count(b => b == '!' && GC.AllocateUninitializedArray<byte>(1024).Length > 0);
    }

    private abstract class Fabricated : ICostTarget
    {
        public string Name => "fabricated";

        public virtual TimeSpan Floor => TimeSpan.Zero;

        public IReadOnlyList<byte[]> Dictionary { get; } = [[(byte)'!']];

        public IReadOnlyList<CostCase> Worst { get; } = [];

        public Action Ordinary(int size) => Prepare(new byte[size]);

        public Action Prepare(byte[] input) => () => _ = Read(input);

        public byte[] Generate(Random random)
        {
            var input = new byte[random.Next(4000)];
            input.AsSpan(0, random.Next(input.Length + 1)).Fill((byte)'!');
            return input;
        }

        protected abstract int Read(byte[] input);
    }
}
