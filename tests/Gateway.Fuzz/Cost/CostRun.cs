using System.Globalization;
using System.Text;

namespace Gateway.Fuzz.Cost;

/// <summary>
/// Looks for inputs that cost more than they may: those that are known first, then generated ones, pieces of them repeated, and changes of
/// the dearest so far, which are kept.
/// </summary>
internal sealed class CostRun
{
    private const int Kept = 24;

    private readonly ICostTarget _target;
    private readonly CostMeter _meter;
    private readonly Mutator _mutator;
    private readonly List<byte[]> _dearest = []; // by their ratio, dearest first
    private readonly List<double> _ratios = [];

    public CostRun(ICostTarget target)
    {
        (_target, _meter) = (target, new CostMeter(target));
        _mutator = new Mutator(target, _dearest, target.MaxBytes);
    }

    /// <summary>The dearest input, by how many times an ordinary one's cost it has.</summary>
    public (double Ratio, byte[] Input) Dearest => _dearest.Count == 0 ? (0, []) : (_ratios[0], _dearest[0]);

    /// <summary>What the dearest inputs that are known cost, at the target's full size.</summary>
    public IEnumerable<CostLine> Known()
    {
        foreach (var worst in _target.Worst)
        {
            var input = worst.Make(_target.MaxBytes);
            CostMeter.Warm(_target.Prepare(input));
            var cost = _meter.Measure(input, 100);
            var ordinary = _meter.Ordinary(input.Length);
            Keep(input, cost);
            yield return new CostLine(
                _target.Name, worst.Name, input, cost.Nanoseconds / input.Length, ordinary.Nanoseconds / input.Length,
                cost.Nanoseconds / ordinary.Nanoseconds, (double)cost.Allocated / input.Length, _meter.Judge(input.Length, cost));
        }
    }

    /// <summary>Null: it is within the bounds.</summary>
    public CostFinding? Generate(int seed, long number)
    {
        var random = new Random(HashCode.Combine(seed, number, _target.Name.Length));
        var input = _mutator.Input(seed, number);
        if (random.Next(3) == 0)
            input = Repeated(input, random);
        return Try(input, $"seed {seed}, input {number}");
    }

    public CostFinding? Try(byte[] input, string source)
    {
        var cost = _meter.Measure(input, 1);
        // Once is cheap and says too much; what looks dear is measured until it is sure.
        foreach (var times in (int[])[4, 30, 300])
        {
            if (_meter.Ratio(input.Length, cost) < CostMeter.MaxRatio / 4 && _meter.Judge(input.Length, cost) is null)
                return null;
            cost = _meter.Measure(input, times);
        }

        Keep(input, cost);
        return _meter.Judge(input.Length, cost) is { } fault ? new CostFinding(_target.Name, source, input, fault) : null;
    }

    /// <summary>Takes away what the finding does not need.</summary>
    public CostFinding Shrink(CostFinding finding)
    {
        for (var piece = finding.Input.Length / 2; piece > 0; piece /= 2)
        {
            for (var at = 0; at + piece <= finding.Input.Length;)
            {
                if (Try([.. finding.Input[..at], .. finding.Input[(at + piece)..]], finding.Source) is { } smaller)
                    finding = smaller;
                else
                    at += piece;
            }
        }

        return finding;
    }

    private void Keep(byte[] input, ReadingCost cost)
    {
        var ratio = _meter.Ratio(input.Length, cost);
        var place = _ratios.FindIndex(kept => kept < ratio);
        place = place < 0 ? _ratios.Count : place;
        if (place == Kept)
            return;
        _ratios.Insert(place, ratio);
        _dearest.Insert(place, input);
        if (_ratios.Count <= Kept)
            return;
        _ratios.RemoveAt(Kept);
        _dearest.RemoveAt(Kept);
    }

    /// <summary>A piece of it again and again, what stands around it once.</summary>
    private byte[] Repeated(byte[] input, Random random)
    {
        if (input.Length == 0)
            return input;
        var at = random.Next(input.Length);
        var piece = input.AsSpan(at, Math.Min(1 + random.Next(random.Next(2) == 0 ? 8 : 64), input.Length - at));
        var times = random.Next(1, Math.Max(2, (_target.MaxBytes - input.Length) / piece.Length));
        var repeated = new byte[Math.Min(_target.MaxBytes, input.Length + (times * piece.Length))];
        for (var i = 0; i < repeated.Length; i++)
            repeated[i] = i < at ? input[i] : i < at + ((times + 1) * piece.Length) ? piece[(i - at) % piece.Length] : input[i - (times * piece.Length)];
        return repeated;
    }
}

/// <summary>What a dear input costs.</summary>
/// <param name="Target">Of which reader.</param>
/// <param name="Name">What it is full of.</param>
/// <param name="Input">The input.</param>
/// <param name="PerByte">Nanoseconds a byte.</param>
/// <param name="OrdinaryPerByte">The same, of an ordinary input of its size.</param>
/// <param name="Ratio">How many times as much.</param>
/// <param name="AllocatedPerByte">Bytes a byte.</param>
/// <param name="Fault">What is above the bounds; null: nothing.</param>
internal sealed record CostLine(string Target, string Name, byte[] Input, double PerByte, double OrdinaryPerByte, double Ratio, double AllocatedPerByte, string? Fault)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"| {Target} | {Name} | {Input.Length} | {PerByte:F2} | {OrdinaryPerByte:F2} | {Ratio:F1} | {AllocatedPerByte:F1} |{(Fault is null ? "" : " ABOVE: " + Fault)}");
}

/// <summary>An input that costs more than it may.</summary>
internal sealed record CostFinding(string Target, string Source, byte[] Input, string Fault)
{
    public override string ToString() =>
        $"{Target}, {Source}, {Input.Length} bytes: {Fault}\n{Encoding.Latin1.GetString(Input.AsSpan(0, Math.Min(400, Input.Length)))}";
}
