using System.Diagnostics;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Telemetry;

public sealed class TraceSamplingTests
{
    private readonly FakeTimeProvider _time = new();
    private int _limited;

    [Theory]
    [InlineData(0.0, true, true)]
    [InlineData(1.0, true, true)]
    [InlineData(0.0, false, false)]
    [InlineData(1.0, false, false)]
    public void Takes_WithAContext_DoesWhatItsFlagSays(double ratio, bool sampled, bool taken) =>
        Assert.Equal(taken, Of(ratio, perSecond: 10).Takes(Context(sampled)));

    [Theory]
    [InlineData(0.0, 0, 0)]
    [InlineData(1.0, 1000, 1000)]
    [InlineData(0.5, 300, 700)] // 13 standard deviations from the mean on both sides
    public void Takes_WithoutAContext_IsTheRatio(double ratio, int least, int most)
    {
        var sampling = Of(ratio, perSecond: 1000);

        Assert.InRange(Enumerable.Range(0, 1000).Count(_ => sampling.Takes(default)), least, most);
    }

    [Fact]
    public void Takes_MoreThanTheBudget_WaitsForTheNextSecond()
    {
        var sampling = Of(ratio: 0, perSecond: 3);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => sampling.Takes(Context(sampled: true))));
        Assert.Equal(2, _limited);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(sampling.Takes(Context(sampled: true)));
    }

    [Fact]
    public void Takes_WhatIsNotSampled_LeavesTheBudget()
    {
        var sampling = Of(ratio: 0, perSecond: 1);

        Assert.False(sampling.Takes(Context(sampled: false)));
        Assert.False(sampling.Takes(default));
        Assert.True(sampling.Takes(Context(sampled: true)));
        Assert.Equal(0, _limited);
    }

    private static ActivityContext Context(bool sampled) => new(
        ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), sampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, isRemote: true);

    private TraceSampling Of(double ratio, int perSecond) => new(ratio, new TraceBudget(perSecond, _time), () => _limited++);
}
