using Gateway.Load.Reports;

namespace Gateway.Load.Tests.Reports;

public class TimelineTests
{
    [Fact]
    public void Add_MoreThanItHolds_KeepsAllOfTheTimeInFewerSamples()
    {
        var timeline = new Timeline();
        for (var i = 0; i < 100_000; i++)
            timeline.Add(new Sample(i, "", 0, 0, 0, null, 0, null));
        Assert.InRange(timeline.Samples.Count, 500, 1200);
        Assert.InRange(timeline.Samples[0].Seconds, 0, 200);
        Assert.InRange(timeline.Samples[^1].Seconds, 99_700, 100_000);
        var steps = timeline.Samples.Zip(timeline.Samples.Skip(1), (a, b) => b.Seconds - a.Seconds).Distinct();
        Assert.Single(steps); // evenly spaced
    }

    [Fact]
    public void Charts_OfANodeThatIsNotKnown_LeaveItsLinesEmpty()
    {
        var timeline = new Timeline();
        timeline.Add(new Sample(1, "", 0, 0, 0, null, 0.2, null));
        var cpu = timeline.Charts("messages").Single(chart => chart.Title == "CPU time");
        Assert.Empty(cpu.Series[0].Points);
        Assert.Equal([(1d, 0.2)], cpu.Series[1].Points);
    }
}
