using Gateway.Core.Buffers;

namespace Gateway.Core.Connections;

/// <summary>
/// The node's connections for which a rule has dropped or replaced something. They are few, and the others must own nothing for it: so
/// this is a table beside them and not a field of each. It is bounded by the connections, and what it holds for each by its subscriptions.
/// </summary>
internal sealed class SkippedTable
{
    private readonly Dictionary<Connection, SkippedPublications>[] _stripes = // each guarded by itself
        [.. Enumerable.Range(0, ConnectionRegistry.Stripes).Select(_ => new Dictionary<Connection, SkippedPublications>())];

    private int _count;

    /// <summary>Free to ask: the clock does for each connection.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Connections in it.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Under the connection's lock, while it is open.</summary>
    public SkippedPublications Of(Connection connection)
    {
        var stripe = StripeOf(connection);
        lock (stripe)
        {
            if (stripe.TryGetValue(connection, out var skipped))
                return skipped;
            skipped = new SkippedPublications();
            stripe.Add(connection, skipped);
            Interlocked.Increment(ref _count);
            return skipped;
        }
    }

    /// <summary>Null: nothing was ever dropped for it.</summary>
    public SkippedPublications? Find(Connection connection)
    {
        if (IsEmpty)
            return null;
        var stripe = StripeOf(connection);
        lock (stripe)
            return stripe.GetValueOrDefault(connection);
    }

    /// <summary>The connection is gone.</summary>
    public void Remove(Connection connection)
    {
        if (IsEmpty)
            return;
        var stripe = StripeOf(connection);
        lock (stripe)
        {
            if (!stripe.Remove(connection))
                return;
            Interlocked.Decrement(ref _count);
            stripe.ShrinkIfSparse();
        }
    }

    private Dictionary<Connection, SkippedPublications> StripeOf(Connection connection) =>
        _stripes[connection.Id.Value & (ConnectionRegistry.Stripes - 1)];
}
