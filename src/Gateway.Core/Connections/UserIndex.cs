using Gateway.Core.Buffers;

namespace Gateway.Core.Connections;

/// <summary>
/// The open connections of each user, in stripes as the registry. Only authenticated connections are in it, each once, so that it is bounded
/// by their number; a user of one connection, as most are, costs a place in a dictionary and nothing else.
/// <para>
/// A connection comes in with the step that opens it and leaves with the step that ends it, both under its own lock: what is here is open. The
/// stripe's lock is taken inside of that, and nothing else is called under it.
/// </para>
/// </summary>
internal sealed class UserIndex : IKeepsMemory
{
    private readonly Dictionary<string, object>[] _stripes = // a Connection, or a HashSet of them
        [.. Enumerable.Range(0, ConnectionRegistry.Stripes).Select(_ => new Dictionary<string, object>(StringComparer.Ordinal))];

    private int _count;

    /// <summary>Users with a connection.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a connection if there is a place for it, in one step: of two that come for the last place one gets it.</summary>
    /// <param name="user">Whose; not empty.</param>
    /// <param name="connection">One that is not here.</param>
    /// <param name="most">How many connections the user may have; 0: any number.</param>
    /// <returns>False: the user has as many, and nothing was added.</returns>
    public bool TryAdd(string user, Connection connection, int most)
    {
        var stripe = StripeOf(user);
        lock (stripe)
        {
            if (!stripe.TryGetValue(user, out var held))
            {
                stripe.Add(user, connection);
                Interlocked.Increment(ref _count);
                return true;
            }

            var several = held as HashSet<Connection>;
            if (most > 0 && (several?.Count ?? 1) >= most)
                return false;
            if (several is null)
                stripe[user] = new HashSet<Connection> { (Connection)held, connection };
            else
                several.Add(connection);
            return true;
        }
    }

    public void Remove(string user, Connection connection)
    {
        var stripe = StripeOf(user);
        lock (stripe)
        {
            if (!stripe.TryGetValue(user, out var held))
                return;
            if (held is HashSet<Connection> several)
            {
                several.Remove(connection);
                if (several.Count > 0)
                    return;
            }
            else if (!ReferenceEquals(held, connection))
            {
                return;
            }

            stripe.Remove(user);
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Of places of users that have gone.</summary>
    public long KeptBytes => _stripes.Sum(static stripe => SparePlaces.Bytes(stripe));

    public void Trim()
    {
        foreach (var stripe in _stripes)
            SparePlaces.Trim(stripe);
    }

    public void TrimIdle() => Trim();

    /// <summary>A user's connections as they are now.</summary>
    public Connection[] Of(string user)
    {
        var stripe = StripeOf(user);
        lock (stripe)
        {
            return !stripe.TryGetValue(user, out var held) ? []
                : held is HashSet<Connection> several ? [.. several]
                : [(Connection)held];
        }
    }

    /// <summary>All connections of all users, a stripe at a time.</summary>
    public IEnumerable<Connection> All()
    {
        foreach (var stripe in _stripes)
        {
            Connection[] connections;
            lock (stripe)
                connections = [.. stripe.Values.SelectMany(held => held as IEnumerable<Connection> ?? [(Connection)held])];
            foreach (var connection in connections)
                yield return connection;
        }
    }

    // A user may choose its name: the default comparer's hash is seeded anew in each process.
    private Dictionary<string, object> StripeOf(string user) => _stripes[user.GetHashCode(StringComparison.Ordinal) & (ConnectionRegistry.Stripes - 1)];
}
