using Gateway.Load.Reports;
using Gateway.Load.Scenarios.Soak;

namespace Gateway.Load.Tests.Reports;

public class StatisticsTests
{
    [Theory]
    [InlineData(new double[] { }, 0)]
    [InlineData(new double[] { 3 }, 3)]
    [InlineData(new double[] { 9, 1, 5 }, 5)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 2.5)]
    public void Median_OfValues_IsTheMiddle(double[] values, double median) => Assert.Equal(median, Statistics.Median(values));

    [Fact]
    public void Slope_OfALine_IsItsOwn() => Assert.Equal(2.5, Statistics.Slope([(0, 1), (10, 26), (20, 51)]), 6);

    [Fact]
    public void Quarters_OfMemoryThatGrowsAtTheStartOnly_AreAlike()
    {
        var points = Enumerable.Range(0, 40).Select(i => ((double)i, i < 10 ? i * 10d : 100)).ToList();
        Assert.Equal((100, 100), MemoryLog.Quarters(points));
    }

    [Fact]
    public void Quarters_OfMemoryThatGrows_AreNot()
    {
        var points = Enumerable.Range(0, 40).Select(i => ((double)i, (double)i)).ToList();
        Assert.Equal((14.5, 34.5), MemoryLog.Quarters(points));
    }
}
