namespace Gateway.Core.Connections;

/// <summary>The magazines that no thread has: full ones, and empty ones to fill.</summary>
internal sealed class QueueDepot
{
    // 28,000 queues that have not grown: as many connections as two shards' turns dirty at once with 25,000 subscribers.
    private const long MaxBytes = 8 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Stack<QueueMagazine> _full = new();
    private readonly Stack<QueueMagazine> _empty = new();
    private long _bytes;
    private int _leastFull; // since the last TrimIdle

    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>A full one for an empty one; null: there is none, and the empty one stays with the caller.</summary>
    /// <param name="empty">Null: the caller has none.</param>
    public QueueMagazine? TryTakeFull(QueueMagazine? empty)
    {
        lock (_gate)
        {
            if (!_full.TryPop(out var full))
                return null;
            _leastFull = Math.Min(_leastFull, _full.Count);
            _bytes -= full.Bytes;
            if (empty is not null)
                KeepEmpty(empty);
            return full;
        }
    }

    /// <summary>An empty one for a full one, whose queues go to the collector when there are enough.</summary>
    /// <param name="full">Null: the caller has none.</param>
    public QueueMagazine TakeEmpty(QueueMagazine? full)
    {
        lock (_gate)
        {
            if (full is not null && _bytes + full.Bytes > MaxBytes)
            {
                full.Clear();
                return full;
            }

            if (full is not null)
            {
                _full.Push(full);
                _bytes += full.Bytes;
            }

            if (!_empty.TryPop(out var empty))
                return new QueueMagazine();
            _bytes -= empty.Bytes;
            return empty;
        }
    }

    /// <summary>Leaves everything to the collector.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            _full.Clear();
            _empty.Clear();
            _full.TrimExcess();
            _empty.TrimExcess();
            (_bytes, _leastFull) = (0, 0);
        }
    }

    /// <summary>Leaves to the collector what nobody has needed since the last call.</summary>
    public void TrimIdle()
    {
        lock (_gate)
        {
            for (; _leastFull > 0; _leastFull--)
                _bytes -= _full.Pop().Bytes;
            while (_empty.TryPop(out var empty))
                _bytes -= empty.Bytes;
            _leastFull = _full.Count;
        }
    }

    private void KeepEmpty(QueueMagazine empty)
    {
        if (_bytes + empty.Bytes > MaxBytes)
            return;
        _empty.Push(empty);
        _bytes += empty.Bytes;
    }
}
