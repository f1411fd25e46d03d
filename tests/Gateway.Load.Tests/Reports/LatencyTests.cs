using Gateway.Load.Client;
using Gateway.Load.Reports;

namespace Gateway.Load.Tests.Reports;

public class LatencyTests
{
    private static readonly long Millisecond = Loop.Clock.TimestampFrequency / 1000;

    [Fact]
    public void Percentile_OfKnownTimes_IsTheirs()
    {
        var latency = OneToThousand();
        Assert.Equal(500, latency.Percentile(50), tolerance: 1);
        Assert.Equal(990, latency.Percentile(99), tolerance: 1);
        Assert.Equal(1000, latency.Percentile(100), tolerance: 1);
    }

    [Fact]
    public void Record_BelowZeroAndAboveAMinute_IsHeldToTheBounds()
    {
        var latency = new Latency();
        latency.Record(5 * Millisecond, 0);
        latency.Record(0, 100_000 * Millisecond);
        Assert.Equal(0, latency.Percentile(1));
        Assert.InRange(latency.Percentile(100), 59_900, 60_100);
    }

    [Fact]
    public void Curve_OfFewTimes_EndsWhereTheCountCannotTell()
    {
        var latency = OneToThousand();
        Assert.Contains(latency.Curve(), point => point.Percent == 99.9);
        Assert.DoesNotContain(latency.Curve(), point => point.Percent == 99.99);
        Assert.Equal(100, latency.Curve()[^1].Percent);
    }

    [Fact]
    public void ToCounts_AddedElsewhere_IsTheSame()
    {
        var (from, to) = (OneToThousand(), new Latency());
        to.Add(from.ToCounts());
        Assert.Equal(from.Count, to.Count);
        Assert.Equal(from.Curve(), to.Curve());
    }

    private static Latency OneToThousand()
    {
        var latency = new Latency();
        for (var i = 1; i <= 1000; i++)
            latency.Record(0, i * Millisecond);
        return latency;
    }
}
