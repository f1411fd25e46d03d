namespace Gateway.Load.Client;

/// <summary>
/// An open loop's times: what is to happen at a rate has its time whether or not the node keeps up. Latency that is counted from there
/// holds the time that a slow node made later messages wait, which a stamp taken at the write would leave out (coordinated omission).
/// </summary>
/// <param name="perSecond">The rate.</param>
/// <param name="start">Timestamp of the first.</param>
internal sealed class Timetable(double perSecond, long start)
{
    private readonly double _ticksEach = Loop.Clock.TimestampFrequency / perSecond;

    /// <summary>How many have had their time.</summary>
    public long Taken { get; private set; }

    /// <summary>Timestamp of the next.</summary>
    public long Next => start + (long)(Taken * _ticksEach);

    /// <summary>A timetable that begins now; null for a rate of zero: a closed loop.</summary>
    public static Timetable? StartingNow(double perSecond) => perSecond > 0 ? new Timetable(perSecond, Loop.Clock.GetTimestamp()) : null;

    /// <summary>Takes the next if its time has come.</summary>
    /// <param name="now">A timestamp.</param>
    /// <param name="intended">When it should have happened: at most <paramref name="now"/>.</param>
    public bool TryTake(long now, out long intended)
    {
        intended = Next;
        if (intended > now)
            return false;
        Taken++;
        return true;
    }
}
