namespace Gateway.Core.Transport;

/// <summary>
/// How many use a stream: the last one to let go ends it, and nobody takes hold of it again. A mutable struct, for a field that is not
/// readonly.
/// </summary>
internal struct Holds(int count)
{
    private int _count = count;

    /// <summary>False: the last one has let go.</summary>
    public bool TryAdd()
    {
        for (var count = Volatile.Read(ref _count); count > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (seen == count)
                return true;
            count = seen;
        }

        return false;
    }

    /// <summary>True: this was the last one.</summary>
    public bool Release() => Interlocked.Decrement(ref _count) == 0;
}
