namespace Gateway.Core.Buffers;

/// <summary>
/// Objects that are dear to make, or as frequent as publications, counted while they are rented; those that nobody needs at once are
/// disposed.
/// </summary>
/// <param name="create">Makes one.</param>
/// <param name="maxRetained">Objects kept.</param>
/// <param name="bytesEach">What one takes, managed or not.</param>
internal sealed class CountedPool<T>(Func<T> create, int maxRetained, int bytesEach) : IKeepsMemory
    where T : class
{
    private readonly FreeList<T> _free = new(maxRetained, bytesEach);
    private long _rented;

    /// <summary>Objects rented and not returned.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    public long KeptBytes => _free.KeptBytes;

    public T Rent()
    {
        if (!_free.TryTake(out var item))
            item = create();
        Interlocked.Increment(ref _rented);
        return item;
    }

    /// <summary>Exactly once, and ready for the next one.</summary>
    public void Return(T item)
    {
        Interlocked.Decrement(ref _rented);
        _free.Keep(item);
    }

    public void Trim() => _free.Trim();

    public void TrimIdle() => _free.TrimIdle();
}
