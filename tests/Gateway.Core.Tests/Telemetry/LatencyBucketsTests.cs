using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Telemetry;

public sealed class LatencyBucketsTests
{
    [Fact]
    public void Add_EachValue_CountsInTheBucketWhoseBoundItDoesNotPass()
    {
        var buckets = new LatencyBuckets();
        foreach (var seconds in (double[])[0, 0.0001, 0.00011, 10, 11])
            buckets.Add(seconds);

        var counts = Counts(buckets);
        Assert.Equal([(0, 2), (1, 1), (15, 1), (16, 1)], counts.Index().Where(bucket => bucket.Item > 0));
    }

    [Fact]
    public void Quantile_OfWhatWasObserved_IsLinearWithinItsBucket()
    {
        var buckets = new LatencyBuckets();
        for (var i = 0; i < 50; i++)
        {
            buckets.Add(0.0001);
            buckets.Add(0.00025);
        }

        Assert.Equal(0.0001, LatencyBuckets.Quantile(0.5, Counts(buckets))!.Value, 9);
        Assert.Equal(0.0001 + (0.00015 * 49 / 50), LatencyBuckets.Quantile(0.99, Counts(buckets))!.Value, 9);
    }

    [Fact]
    public void Quantile_AtTheEdges_IsNothingOrTheLastBound()
    {
        var buckets = new LatencyBuckets();
        Assert.Null(LatencyBuckets.Quantile(0.5, Counts(buckets)));

        buckets.Add(60);
        Assert.Equal(10, LatencyBuckets.Quantile(0.5, Counts(buckets)));
    }

    private static long[] Counts(LatencyBuckets buckets)
    {
        var sums = new long[LatencyBuckets.Bounds.Length + 1];
        buckets.AddTo(sums);
        return sums;
    }
}
