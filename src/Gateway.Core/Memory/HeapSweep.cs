namespace Gateway.Core.Memory;

/// <summary>
/// When the collector is told to look for garbage and give its memory back: by itself it does neither while nothing is allocated, and the
/// node would seem full for as long as it is calm. It stops every thread meanwhile, so it comes when nothing else can help.
/// </summary>
/// <param name="time">Clock.</param>
/// <param name="collect">Does it.</param>
internal sealed class HeapSweep(TimeProvider time, Action collect)
{
    private static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(10);

    // What is used may be no garbage at all: then the collector is left alone more and more.
    private static readonly TimeSpan MostRest = TimeSpan.FromMinutes(10);

    private TimeSpan _rest = LeastRest;
    private long? _last;
    private long? _busy;

    /// <summary>What the collector does for the whole heap, and gives back to the system.</summary>
    public static void CollectAll() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    // Packing moves what lives, and stops everybody for as long.
    private const long LittleBytes = 64 * 1024 * 1024;

    /// <summary>The collector looks at the whole heap while everybody goes on.</summary>
    public static void CollectBeside() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);

    /// <summary>As <see cref="CollectAll"/>, if so little lives that nobody notices.</summary>
    public static void CollectAllOfLittle()
    {
        var heap = GC.GetGCMemoryInfo(GCKind.Any);
        if (heap.HeapSizeBytes - heap.FragmentedBytes <= LittleBytes)
            CollectAll();
    }

    /// <summary>Backlogs are being given up: memory comes back without a collection, which would stop those who are served.</summary>
    public void Postpone() => _busy = time.GetTimestamp();

    /// <summary>Enough memory is free.</summary>
    public void Reset() => _rest = LeastRest;

    /// <summary>Too much memory is in use, although little waits.</summary>
    /// <param name="isUrgent">Clients are refused: calm will not come by itself.</param>
    public void Offer(bool isUrgent)
    {
        if (HasPassedSince(_last, isUrgent ? LeastRest : _rest) && (isUrgent || HasPassedSince(_busy, LeastRest)))
        {
            _last = time.GetTimestamp();
            _rest = _rest + _rest < MostRest ? _rest + _rest : MostRest;
            collect();
        }
    }

    private bool HasPassedSince(long? timestamp, TimeSpan interval) => timestamp is not { } start || time.GetElapsedTime(start) >= interval;
}
