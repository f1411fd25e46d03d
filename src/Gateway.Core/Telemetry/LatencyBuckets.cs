namespace Gateway.Core.Telemetry;

/// <summary>A histogram of latencies that one thread at a time counts in, and others read.</summary>
internal sealed class LatencyBuckets
{
    /// <summary>Upper bounds in seconds; above the last one there is one bucket more.</summary>
    public static readonly double[] Bounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly long[] _counts = new long[Bounds.Length + 1];

    /// <summary>By whoever owns it.</summary>
    public void Add(double seconds)
    {
        var bucket = 0;
        while (bucket < Bounds.Length && seconds > Bounds[bucket])
            bucket++;
        Volatile.Write(ref _counts[bucket], _counts[bucket] + 1);
    }

    /// <summary>Adds what was counted to <paramref name="sums"/>; any thread.</summary>
    public void AddTo(long[] sums)
    {
        for (var i = 0; i < _counts.Length; i++)
            sums[i] += Volatile.Read(ref _counts[i]);
    }

    /// <summary>
    /// As Prometheus's <c>histogram_quantile</c> does: linear within the bucket; what lies above the last bound counts as that. Null: nothing was
    /// observed.
    /// </summary>
    /// <param name="q">From 0 to 1.</param>
    /// <param name="counts">Of each bucket.</param>
    public static double? Quantile(double q, ReadOnlySpan<long> counts)
    {
        var total = 0L;
        foreach (var count in counts)
            total += count;
        if (total == 0)
            return null;
        var rank = q * total;
        var below = 0L;
        for (var i = 0; i < Bounds.Length; i++)
        {
            if (counts[i] > 0 && below + counts[i] >= rank)
            {
                var lower = i == 0 ? 0 : Bounds[i - 1];
                return lower + ((Bounds[i] - lower) * (rank - below) / counts[i]);
            }

            below += counts[i];
        }

        return Bounds[^1];
    }
}
