using System.Collections.Concurrent;

namespace Gateway.Core.Connections;

/// <summary>
/// The node's connections for which a rule has dropped or replaced something. They are few, and the others must own nothing for it: so
/// this is a table beside them and not a field of each.
/// </summary>
internal sealed class SkippedTable
{
    private readonly ConcurrentDictionary<Connection, SkippedPublications> _connections = new();
    private int _count;

    /// <summary>Free to ask: the clock does for each connection.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Connections in it.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Under the connection's lock, while it is open.</summary>
    public SkippedPublications Of(Connection connection)
    {
        if (_connections.TryGetValue(connection, out var skipped))
            return skipped;
        skipped = new SkippedPublications();
        _connections[connection] = skipped;
        Interlocked.Increment(ref _count);
        return skipped;
    }

    /// <summary>Null: nothing was ever dropped for it.</summary>
    public SkippedPublications? Find(Connection connection) =>
        !IsEmpty && _connections.TryGetValue(connection, out var skipped) ? skipped : null;

    /// <summary>The connection is gone.</summary>
    public void Remove(Connection connection)
    {
        if (!IsEmpty && _connections.TryRemove(connection, out _))
            Interlocked.Decrement(ref _count);
    }
}
