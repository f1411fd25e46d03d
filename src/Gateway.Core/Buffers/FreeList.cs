using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Buffers;

/// <summary>Objects of one size that nobody uses at the moment, up to a bound. Those that are not kept are disposed.</summary>
/// <param name="maxKept">Objects.</param>
/// <param name="bytesEach">Of memory, managed or not.</param>
internal sealed class FreeList<T>(int maxKept, int bytesEach) : IKeepsMemory
    where T : class
{
    private readonly ConcurrentQueue<T> _free = new();
    private int _count;
    private int _least; // of _count since the last TrimIdle; a hint, which a race may spoil

    public long KeptBytes => (long)Volatile.Read(ref _count) * bytesEach;

    public bool TryTake([NotNullWhen(true)] out T? item)
    {
        if (!_free.TryDequeue(out item))
        {
            _least = 0;
            return false;
        }

        var left = Interlocked.Decrement(ref _count);
        if (left < _least)
            _least = left;
        return true;
    }

    /// <summary>Exactly once, and ready for the next one.</summary>
    public void Keep(T item)
    {
        if (Interlocked.Increment(ref _count) <= maxKept)
        {
            _free.Enqueue(item);
            return;
        }

        Interlocked.Decrement(ref _count);
        (item as IDisposable)?.Dispose();
    }

    public void Trim() => Drop(int.MaxValue);

    public void TrimIdle()
    {
        Drop(_least);
        _least = Volatile.Read(ref _count);
    }

    private void Drop(int most)
    {
        for (; most > 0 && _free.TryDequeue(out var item); most--)
        {
            Interlocked.Decrement(ref _count);
            (item as IDisposable)?.Dispose();
        }
    }
}
