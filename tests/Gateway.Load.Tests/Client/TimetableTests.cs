using Gateway.Load.Client;
using Gateway.Load.Reports;

namespace Gateway.Load.Tests.Client;

public class TimetableTests
{
    private static readonly long Second = Loop.Clock.TimestampFrequency;

    [Fact]
    public void TryTake_BeforeItsTime_TakesNothing()
    {
        var timetable = new Timetable(perSecond: 10, start: 1000);
        Assert.True(timetable.TryTake(1000, out _));
        Assert.False(timetable.TryTake(1000 + (Second / 10) - 1, out _));
        Assert.Equal(1, timetable.Taken);
        Assert.Equal(1000 + (Second / 10), timetable.Next);
    }

    [Fact]
    public void TryTake_AfterAStall_GivesEachItsOwnTime()
    {
        var timetable = new Timetable(perSecond: 4, start: 0);
        var taken = new List<long>();
        while (timetable.TryTake(Second, out var intended))
            taken.Add(intended);
        Assert.Equal([0, Second / 4, Second / 2, 3 * Second / 4, Second], taken);
    }

    [Fact]
    public void TryTake_FractionOfARate_DoesNotDrift()
    {
        var timetable = new Timetable(perSecond: 3, start: 0);
        var count = 0;
        while (timetable.TryTake(1000 * Second, out _))
            count++;
        Assert.Equal(3001, count);
    }

    [Fact]
    public void StartingNow_NoRate_IsNoTimetable() => Assert.Null(Timetable.StartingNow(0));

    /// <summary>
    /// A node that answers at once for nine seconds and stands still for one, at ten a second. Stamped when they are written, the ten that
    /// were held back look fast; counted from their own times, a tenth of all took up to a second.
    /// </summary>
    [Fact]
    public void TryTake_ANodeThatStalls_ShowsInTheLatencies()
    {
        var timetable = new Timetable(perSecond: 10, start: 0);
        var (corrected, naive) = (new Latency(), new Latency());
        long[] looks = [.. Enumerable.Range(0, 90).Select(look => look * Second / 10), 10 * Second];
        foreach (var now in looks)
        {
            while (timetable.TryTake(now, out var intended))
            {
                corrected.Record(intended, now);
                naive.Record(now, now);
            }
        }

        Assert.Equal(101, corrected.Count);
        Assert.Equal(0, naive.Percentile(100));
        Assert.InRange(corrected.Percentile(100), 999, 1001);
        Assert.InRange(corrected.Percentile(95), 499, 701);
        Assert.Equal(0, corrected.Percentile(50));
    }
}
