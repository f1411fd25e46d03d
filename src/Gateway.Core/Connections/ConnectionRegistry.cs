using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Buffers;

namespace Gateway.Core.Connections;

/// <summary>The node's connections by id, in stripes: a lock is held for dictionary work only, never while a connection acts.</summary>
internal sealed class ConnectionRegistry
{
    /// <summary>A power of two; 18,000 connections leave some 280 in each.</summary>
    public const int Stripes = 64;

    private readonly Dictionary<ConnectionId, Connection>[] _stripes =
        [.. Enumerable.Range(0, Stripes).Select(_ => new Dictionary<ConnectionId, Connection>())];

    private int _count;
    private long _arrived;

    /// <summary>Clients that ever came: connections that were opened, and no probe, page or refusal.</summary>
    public long Arrived => Interlocked.Read(ref _arrived);

    public int Count => Volatile.Read(ref _count);

    public void Add(Connection connection)
    {
        var stripe = StripeOf(connection.Id);
        lock (stripe)
            stripe.Add(connection.Id, connection);
        Interlocked.Increment(ref _count);
    }

    /// <summary>A connection is a client's from now on.</summary>
    public void CountArrival() => Interlocked.Increment(ref _arrived);

    public void Remove(Connection connection)
    {
        var stripe = StripeOf(connection.Id);
        bool isRemoved;
        lock (stripe)
        {
            isRemoved = stripe.Remove(connection.Id);
            stripe.ShrinkIfSparse();
        }

        if (isRemoved)
            Interlocked.Decrement(ref _count);
    }

    public bool TryGet(ConnectionId id, [NotNullWhen(true)] out Connection? connection)
    {
        var stripe = StripeOf(id);
        lock (stripe)
            return stripe.TryGetValue(id, out connection);
    }

    /// <summary>The connections of one stripe as they are now.</summary>
    public Connection[] Snapshot(int stripe)
    {
        lock (_stripes[stripe])
            return _stripes[stripe].Count == 0 ? [] : [.. _stripes[stripe].Values];
    }

    /// <summary>All connections, a stripe at a time.</summary>
    public IEnumerable<Connection> All() => Enumerable.Range(0, Stripes).SelectMany(Snapshot);

    private Dictionary<ConnectionId, Connection> StripeOf(ConnectionId id) => _stripes[id.Value & (Stripes - 1)];
}
