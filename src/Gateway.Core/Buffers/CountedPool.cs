using System.Collections.Concurrent;

namespace Gateway.Core.Buffers;

/// <summary>
/// Objects that are dear to make, or as frequent as publications, counted while they are rented; those that nobody needs at once are
/// disposed.
/// </summary>
internal sealed class CountedPool<T>(Func<T> create, int maxRetained)
    where T : class
{
    private readonly ConcurrentQueue<T> _free = new();
    private int _retained;
    private long _rented;

    /// <summary>Objects rented and not returned.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    public T Rent()
    {
        Interlocked.Increment(ref _rented);
        if (!_free.TryDequeue(out var item))
            return create();
        Interlocked.Decrement(ref _retained);
        return item;
    }

    /// <summary>Exactly once, and ready for the next one.</summary>
    public void Return(T item)
    {
        Interlocked.Decrement(ref _rented);
        if (Interlocked.Increment(ref _retained) <= maxRetained)
        {
            _free.Enqueue(item);
            return;
        }

        Interlocked.Decrement(ref _retained);
        (item as IDisposable)?.Dispose();
    }
}
