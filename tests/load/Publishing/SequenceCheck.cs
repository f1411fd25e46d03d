namespace Gateway.Load.Publishing;

/// <summary>
/// Looks at numbered messages in several sequences: what is lost, came twice, or came late. Each sequence begins with the first number
/// that is seen of it.
/// </summary>
internal sealed class SequenceCheck(int count)
{
    // Bits of a mask: a number that comes after so many later ones is taken for one that came twice.
    private const int Remembered = 64;

    private readonly long[] _next = [.. Enumerable.Repeat(-1L, count)];

    // Bit i: number next - 1 - i has come. What precedes the first number counts as come.
    private readonly ulong[] _seen = new ulong[count];

    /// <summary>Sequences of which something has come.</summary>
    public int Started { get; private set; }

    /// <summary>Numbers that were passed over and have not come since.</summary>
    public long Lost { get; private set; }

    /// <summary>Numbers that came again.</summary>
    public long Duplicated { get; private set; }

    /// <summary>Numbers that came once, but after a later one.</summary>
    public long Disordered { get; private set; }

    public bool IsClean => Lost == 0 && Duplicated == 0 && Disordered == 0;

    /// <summary>The number that is expected; -1: none has come yet.</summary>
    public long Next(int sequence) => _next[sequence];

    public void Take(int sequence, long number)
    {
        ref var next = ref _next[sequence];
        ref var seen = ref _seen[sequence];
        if (number == next)
        {
            seen = (seen << 1) | 1;
            next++;
        }
        else if (next < 0)
        {
            (seen, next) = (ulong.MaxValue, number + 1);
            Started++;
        }
        else if (number > next)
        {
            var ahead = number - next;
            Lost += ahead;
            seen = ahead + 1 < Remembered ? (seen << (int)(ahead + 1)) | 1 : 1;
            next = number + 1;
        }
        else
        {
            TakeLate(next - 1 - number, ref seen);
        }
    }

    /// <summary>The sequence begins anew with whatever comes next.</summary>
    public void Restart(int sequence)
    {
        if (_next[sequence] >= 0)
            Started--;
        _next[sequence] = -1;
    }

    private void TakeLate(long behind, ref ulong seen)
    {
        if (behind >= Remembered || (seen >> (int)behind & 1) != 0)
        {
            Duplicated++;
            return;
        }

        seen |= 1UL << (int)behind;
        Lost--;
        Disordered++;
    }
}
