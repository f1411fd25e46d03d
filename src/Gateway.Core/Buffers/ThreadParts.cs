namespace Gateway.Core.Buffers;

/// <summary>
/// A pool's parts that threads have to themselves, so that others can count and empty them. A part that only the list knows of is a
/// thread's that has ended: the collector takes it.
/// </summary>
internal sealed class ThreadParts<T>
    where T : class
{
    private readonly Lock _gate = new();
    private readonly List<WeakReference<T>> _parts = [];

    /// <summary>Once a thread; never on the way of a message.</summary>
    public void Add(T part)
    {
        lock (_gate)
        {
            _parts.RemoveAll(static known => !known.TryGetTarget(out _));
            _parts.Add(new WeakReference<T>(part));
        }
    }

    /// <summary>Those of the threads that are there.</summary>
    public List<T> All()
    {
        var all = new List<T>();
        lock (_gate)
        {
            foreach (var known in _parts)
            {
                if (known.TryGetTarget(out var part))
                    all.Add(part);
            }
        }

        return all;
    }
}
