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
    public void Judge_OfAReadingThatIsTooDear_SaysSo()
    {
        var meter = new CostMeter(new Hoarding(TimeSpan.Zero));
        var ordinary = meter.Ordinary(Size);
        Assert.Null(meter.Judge(Size, ordinary));
        Assert.Contains("times an ordinary input", meter.Judge(Size, ordinary with { Nanoseconds = (CostMeter.MaxRatio + 1) * Math.Max(1, ordinary.Nanoseconds) }), StringComparison.Ordinal);
        Assert.Contains("bytes allocated", meter.Judge(Size, ordinary with { Allocated = (CostMeter.MaxAllocatedPerByte + 32L) * Size }), StringComparison.Ordinal);
    }

    [Fact]
    public void Search_InAReaderThatIsTooDear_Finds()
    {
        var run = new CostRun(new Hoarding(TimeSpan.FromMinutes(1)));
        CostFinding? finding = null;
        for (var number = 0; finding is null && number < 10_000; number++)
            finding = run.Generate(1, number);
        Assert.Contains("bytes allocated", finding?.Fault, StringComparison.Ordinal);
    }

    private static long Allocated(ICostTarget target, CostCase worst, int size)
    {
        // The first of some readings allocates what is kept.
        return CostMeter.Measure(target.Prepare(worst.Make(size)), 3).Allocated;
    }

    /// <summary>Keeps a kilobyte for each exclamation mark.</summary>
    private sealed class Hoarding(TimeSpan floor) : ICostTarget
    {
        private readonly List<byte[]> _kept = [];

        public string Name => "hoarding";

        public TimeSpan Floor => floor;

        public IReadOnlyList<byte[]> Dictionary { get; } = [[(byte)'!']];

        public IReadOnlyList<CostCase> Worst { get; } = [];

        public Action Ordinary(int size) => Prepare(new byte[size]);

        public Action Prepare(byte[] input) => () =>
        {
            _kept.Clear();
            foreach (var letter in input)
            {
                if (letter == '!')
                    _kept.Add(new byte[1024]);
            }
        };

        public byte[] Generate(Random random)
        {
            var input = new byte[random.Next(4000)];
            input.AsSpan(0, random.Next(input.Length + 1)).Fill((byte)'!');
            return input;
        }
    }
}
