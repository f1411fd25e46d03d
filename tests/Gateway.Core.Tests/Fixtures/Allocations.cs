namespace Gateway.Core.Tests.Fixtures;

/// <summary>What the calling thread allocates, exactly.</summary>
internal static class Allocations
{
    /// <summary>
    /// Of some batches the one that allocated least, after one that warms the thread's pools. A collection, which other tests may bring
    /// about at any moment, can empty the shared array pool, and the next rent allocates again: what belongs to each operation is in every batch.
    /// </summary>
    public static long Least(int batches, Action batch)
    {
        batch();
        var least = long.MaxValue;
        for (var i = 0; i < batches; i++)
            least = Math.Min(least, Of(batch));
        return least;
    }

    public static long Of(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Bytes of one object on the heap, its header and alignment included.</summary>
    public static long SizeOf(Func<object> create)
    {
        object? kept = null;
        void Create() => kept = create();
        Create();
        var size = Of(Create);
        GC.KeepAlive(kept);
        return size;
    }
}
