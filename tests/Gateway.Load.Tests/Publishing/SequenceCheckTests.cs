using Gateway.Load.Publishing;

namespace Gateway.Load.Tests.Publishing;

public class SequenceCheckTests
{
    [Theory]
    [InlineData(new long[] { 5, 6, 7, 8 }, 0, 0, 0)]
    [InlineData(new long[] { 0, 1, 4 }, 2, 0, 0)] // 2 and 3 are lost
    [InlineData(new long[] { 0, 1, 1, 2 }, 0, 1, 0)]
    [InlineData(new long[] { 0, 2, 1, 3 }, 0, 0, 1)] // late, so not lost
    [InlineData(new long[] { 0, 2, 1, 1 }, 0, 1, 1)] // late, and then again
    [InlineData(new long[] { 3, 2, 4 }, 0, 1, 0)] // from before the first
    [InlineData(new long[] { 0, 70, 1 }, 69, 1, 0)] // too late to tell from one that came twice
    [InlineData(new long[] { 0, 63, 1 }, 61, 0, 1)]
    [InlineData(new long[] { 0, 64, 64 }, 63, 1, 0)]
    public void Take_Numbers_CountsWhatIsWrong(long[] numbers, long lost, long duplicated, long disordered)
    {
        var check = new SequenceCheck(2);
        foreach (var number in numbers)
            check.Take(1, number);
        Assert.Equal((lost, duplicated, disordered), (check.Lost, check.Duplicated, check.Disordered));
        Assert.Equal(1, check.Started);
        Assert.Equal(-1, check.Next(0));
        Assert.Equal(numbers.Max() + 1, check.Next(1));
    }

    [Fact]
    public void Restart_AfterAGapOfSubscription_BeginsAnew()
    {
        var check = new SequenceCheck(1);
        check.Take(0, 3);
        check.Restart(0);
        Assert.Equal(0, check.Started);
        check.Take(0, 90);
        check.Take(0, 91);
        Assert.True(check.IsClean);
        Assert.Equal(1, check.Started);
    }

    /// <summary>Against a slow twin that remembers everything, over streams with losses, repetitions and swaps near by.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Take_RandomStreams_AgreesWithASetOfAll(int seed)
    {
        var random = new Random(seed);
        var check = new SequenceCheck(1);
        var seen = new HashSet<long>();
        var (duplicated, disordered, highest) = (0L, 0L, -1L);
        for (var i = 0; i < 10_000; i++)
        {
            var number = Math.Max(0, highest + 1 + random.Next(-20, 22) * random.Next(0, 2));
            if (highest < 0)
                number = 0;
            if (!seen.Add(number))
                duplicated++;
            else if (number < highest)
                disordered++;
            highest = Math.Max(highest, number);
            check.Take(0, number);
        }

        Assert.Equal((highest + 1 - seen.Count, duplicated, disordered), (check.Lost, check.Duplicated, check.Disordered));
    }
}
