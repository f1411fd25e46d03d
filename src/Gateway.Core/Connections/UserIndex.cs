namespace Gateway.Core.Connections;

/// <summary>
/// The open connections of each user, in stripes as the registry. Only authenticated connections are in it, each once, so that it is bounded
/// by their number; a user of one connection, as most are, costs a place in a dictionary and nothing else.
/// </summary>
internal sealed class UserIndex
{
    private readonly Dictionary<string, object>[] _stripes = // a Connection, or a HashSet of them
        [.. Enumerable.Range(0, ConnectionRegistry.Stripes).Select(_ => new Dictionary<string, object>(StringComparer.Ordinal))];

    private int _count;

    /// <summary>Users with a connection.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Add(string user, Connection connection)
    {
        var stripe = StripeOf(user);
        lock (stripe)
        {
            if (!stripe.TryGetValue(user, out var held))
            {
                stripe.Add(user, connection);
                Interlocked.Increment(ref _count);
            }
            else if (held is HashSet<Connection> several)
            {
                several.Add(connection);
            }
            else if (!ReferenceEquals(held, connection))
            {
                stripe[user] = new HashSet<Connection> { (Connection)held, connection };
            }
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
            // As in the registry: a dictionary never shrinks by itself.
            if (stripe.Count == 0)
                stripe.TrimExcess();
        }
    }

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
