namespace Gateway.Fuzz.Cost;

/// <summary>What reading an input costs.</summary>
/// <param name="Nanoseconds">CPU.</param>
/// <param name="Allocated">Bytes.</param>
internal readonly record struct ReadingCost(double Nanoseconds, long Allocated);

/// <summary>Measures what inputs cost, and holds them to what an ordinary input of their size does.</summary>
internal sealed class CostMeter(ICostTarget target)
{
    /// <summary>An input may cost so many times what an ordinary one of its size does.</summary>
    public const double MaxRatio = 20;

    /// <summary>Bytes that a reader may allocate for each byte it reads: strings take two, small objects of three bytes forty.</summary>
    public const int MaxAllocatedPerByte = 32;

    // What a refusal, an exception among it, may allocate whatever its size.
    private const int AllocatedFloor = 16 * 1024;

    // Small sizes vary more than they say.
    private const int LeastSize = 64;

    private readonly Dictionary<int, ReadingCost> _ordinary = [];

    /// <summary>The least of some readings: noise only adds.</summary>
    public static ReadingCost Measure(Action read, int times)
    {
        var (least, allocated) = (double.MaxValue, long.MaxValue);
        for (var i = 0; i < times; i++)
        {
            var (bytes, start) = (GC.GetAllocatedBytesForCurrentThread(), ThreadTime.Nanoseconds);
            read();
            least = Math.Min(least, ThreadTime.Nanoseconds - start);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - bytes);
        }

        return new ReadingCost(least, allocated);
    }

    public ReadingCost Measure(byte[] input, int times) => Measure(target.Prepare(input), times);

    /// <summary>What an ordinary input costs: of the largest power of two that is no larger, its time in proportion.</summary>
    public ReadingCost Ordinary(int size)
    {
        var known = LeastSize;
        while (known * 2 <= size)
            known *= 2;
        if (!_ordinary.TryGetValue(known, out var cost))
        {
            var read = target.Ordinary(known);
            Warm(read);
            _ordinary[known] = cost = Measure(read, 50);
        }

        return new ReadingCost(cost.Nanoseconds * Math.Max(1, (double)size / known), cost.Allocated);
    }

    /// <summary>How many times an ordinary input's cost this is, less what any input may.</summary>
    public double Ratio(int size, ReadingCost cost) => Math.Max(0, cost.Nanoseconds - target.Floor.TotalNanoseconds) / Ordinary(size).Nanoseconds;

    /// <summary>Null: it is within the bounds.</summary>
    public string? Judge(int size, ReadingCost cost)
    {
        var ratio = Ratio(size, cost);
        if (ratio > MaxRatio)
            return $"{cost.Nanoseconds / 1000:F1} us, {ratio:F0} times an ordinary input of its size";
        return cost.Allocated > AllocatedFloor + Math.Max((long)MaxAllocatedPerByte * size, 2 * Ordinary(size).Allocated)
            ? $"{cost.Allocated} bytes allocated, {cost.Allocated / Math.Max(1, size)} a byte"
            : null;
    }

    /// <summary>Until it is compiled as well as it will be.</summary>
    public static void Warm(Action read)
    {
        var start = ThreadTime.Nanoseconds;
        for (var i = 0; i < 2000 && ThreadTime.Nanoseconds - start < 20_000_000; i++)
            read();
    }
}
