using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Access;

namespace Gateway.Benchmarks;

/// <summary>A rate that is not reached: our budget, one number, beside the framework's token bucket, which is refilled by hand as a shared timer would.</summary>
public class RateBudgetBenchmarks : IDisposable
{
    private readonly TokenBucketRateLimiter _bucket = New();
    private readonly int _perSecond = 1_000_000; // half of it is used
    private RateBudget _budget;
    private long _now;

    [Benchmark(Baseline = true)]
    public bool Budget() => _budget.TryTake(_now++ >> 9, _perSecond);

    [Benchmark]
    public bool TokenBucket()
    {
        using var lease = _bucket.AttemptAcquire();
        if ((_now++ & 0xFFFFF) == 0)
            _bucket.TryReplenish();
        return lease.IsAcquired;
    }

    /// <summary>What each client would own.</summary>
    [Benchmark]
    public object NewTokenBucket() => New();

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _bucket.Dispose();
    }

    private static TokenBucketRateLimiter New() => new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = int.MaxValue,
        TokensPerPeriod = int.MaxValue,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        AutoReplenishment = false,
    });
}
