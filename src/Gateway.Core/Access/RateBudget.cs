namespace Gateway.Core.Access;

/// <summary>
/// So many a second, with a burst of one second's worth: the generic cell rate algorithm (ITU-T I.371, annex A), which is a leaky bucket in
/// one number, the moment at which it will be empty. Nothing runs to refill it, so that a connection can own one. Any thread.
/// </summary>
internal struct RateBudget
{
    private const long Second = 1_000_000; // microseconds

    private long _emptyAt; // microseconds on the caller's clock

    /// <summary>Takes an amount, if less than a second's worth has been taken ahead of time. An amount above a second's worth passes when nothing has.</summary>
    /// <param name="milliseconds">The clock, never negative.</param>
    /// <param name="perSecond">The rate; 0: without limit.</param>
    /// <param name="amount">How much.</param>
    public bool TryTake(long milliseconds, int perSecond, int amount = 1)
    {
        if (perSecond == 0)
            return true;
        var now = milliseconds * 1000;
        var cost = amount * Second / perSecond;
        while (true)
        {
            var emptyAt = Volatile.Read(ref _emptyAt);
            var from = Math.Max(emptyAt, now);
            // The last one that fits ends exactly a second ahead.
            if (from > now && from + cost > now + Second)
                return false;
            if (Interlocked.CompareExchange(ref _emptyAt, from + cost, emptyAt) == emptyAt)
                return true;
        }
    }

    /// <summary>Whether it is as good as a new one.</summary>
    public readonly bool IsEmpty(long milliseconds) => _emptyAt <= milliseconds * 1000;
}
