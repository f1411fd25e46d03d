using Gateway.Core.Access;

namespace Gateway.Core.Tests.Access;

public sealed class RateBudgetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(999_999)]
    public void Take_AtOneMoment_PassesASecondsWorth(int perSecond)
    {
        var budget = default(RateBudget);

        var passed = Enumerable.Range(0, perSecond + 10).Count(_ => budget.TryTake(5_000, perSecond));

        // The cost of one is a whole number of microseconds, rounded down: in the client's favour, by less than a second's worth.
        Assert.InRange(passed, perSecond, perSecond + 10);
        Assert.False(budget.TryTake(5_000, perSecond, perSecond));
    }

    [Fact]
    public void Take_AsTimePasses_PassesAtTheRate()
    {
        var budget = default(RateBudget);
        while (budget.TryTake(0, 10))
        {
        }

        var passed = Enumerable.Range(1, 10_000).Count(millisecond => budget.TryTake(millisecond, 10));

        Assert.Equal(100, passed);
    }

    [Fact]
    public void Take_MoreThanASecondsWorthAtOnce_PassesWhenNothingWasTaken()
    {
        var budget = default(RateBudget);

        Assert.True(budget.TryTake(0, 100, 1000));
        Assert.False(budget.TryTake(9_009, 100));
        Assert.True(budget.TryTake(9_010, 100));
    }

    [Fact]
    public void Take_WithoutARate_AlwaysPasses() => Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(default(RateBudget).TryTake(0, 0, int.MaxValue)));

    [Fact]
    public void Take_AfterAPause_HasSavedOneSecondsWorthAndNoMore()
    {
        var budget = default(RateBudget);
        Assert.True(budget.TryTake(0, 10));

        Assert.Equal(10, Enumerable.Range(0, 50).Count(_ => budget.TryTake(3_600_000, 10)));
    }

    [Fact]
    public void Take_ByManyThreads_PassesASecondsWorthInAll()
    {
        var budget = default(RateBudget);
        var passed = 0;

        Parallel.For(0, 5000, _ =>
        {
            if (budget.TryTake(1000, 1000))
                Interlocked.Increment(ref passed);
        });

        Assert.Equal(1000, passed);
    }

    [Fact]
    public void IsEmpty_OnceAllHasLeaked_IsTrue()
    {
        var budget = default(RateBudget);
        Assert.True(budget.IsEmpty(0));
        Assert.True(budget.TryTake(0, 10));

        Assert.False(budget.IsEmpty(99));
        Assert.True(budget.IsEmpty(100));
    }
}
