namespace Gateway.Core.Buffers;

/// <summary>
/// All that keeps memory for later, in one place: so that it can be counted, and given back, all of it when the node is short of memory and
/// what is idle when it is not. Emptied as often as the governor asks, a pool would be none: so not more than once a second.
/// </summary>
/// <param name="time">Clock.</param>
/// <param name="fault">Told of what goes wrong on the way; does not throw.</param>
/// <param name="trimNative">Has the C library give back what has been freed.</param>
internal sealed class KeptMemory(TimeProvider time, Action<Exception> fault, Action? trimNative = null)
{
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(1);

    // It walks all that has been freed, some milliseconds where much was, and stops whoever allocates meanwhile.
    private static readonly TimeSpan NativeInterval = TimeSpan.FromSeconds(10);

    /// <summary>What nobody has needed for so long is not worth keeping: bursts that come more often find their memory still there.</summary>
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMinutes(1);

    private readonly List<(string Pool, IKeepsMemory Keeper)> _keepers = [];
    private readonly Action _trimNative = trimNative ?? NativeHeap.Trim;
    private readonly Lock _gate = new(); // one thread trims
    private long? _trimmedAt;
    private long? _nativeAt;
    private long _idleSince = time.GetTimestamp();

    /// <summary>Before anybody asks.</summary>
    /// <param name="pool">Of the closed set of the metric's labels; several may share one.</param>
    /// <param name="keepers">What keeps it.</param>
    public void Add(string pool, params IReadOnlyList<IKeepsMemory> keepers)
    {
        foreach (var keeper in keepers)
            _keepers.Add((pool, keeper));
    }

    /// <summary>Kept bytes by pool.</summary>
    public IEnumerable<(string Pool, long Bytes)> Read() =>
        _keepers.GroupBy(static known => known.Pool).Select(static pool => (pool.Key, pool.Sum(static known => known.Keeper.KeptBytes)));

    /// <summary>The node is short of memory: gives everything back. Takes some milliseconds; not on a thread that clients wait for.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            if (!IsDue(ref _trimmedAt, TrimInterval))
                return;
            foreach (var (_, keeper) in _keepers)
                keeper.Trim();
            TrimNative();
        }
    }

    /// <summary>Called about once a second, on any thread: gives back, on another, what has been idle for a minute.</summary>
    public void OnRound()
    {
        if (time.GetElapsedTime(_idleSince) < IdleInterval)
            return;
        _idleSince = time.GetTimestamp();
        ThreadPool.UnsafeQueueUserWorkItem(static kept => kept.TrimIdleOrReport(), this, preferLocal: false);
    }

    /// <summary>Gives back what nobody has needed since the last time.</summary>
    internal void TrimIdle()
    {
        lock (_gate)
        {
            foreach (var (_, keeper) in _keepers)
                keeper.TrimIdle();
            TrimNative();
        }
    }

    private void TrimIdleOrReport()
    {
        try
        {
            TrimIdle();
        }
#pragma warning disable CA1031 // What a thread of the pool throws ends the process; what was not given back waits for the next minute.
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault(e);
        }
    }

    private void TrimNative()
    {
        if (IsDue(ref _nativeAt, NativeInterval))
            _trimNative();
    }

    private bool IsDue(ref long? last, TimeSpan interval)
    {
        if (last is { } at && time.GetElapsedTime(at) < interval)
            return false;
        last = time.GetTimestamp();
        return true;
    }
}
