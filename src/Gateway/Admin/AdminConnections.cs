using Gateway.Core.Addresses;
using Gateway.Core.Telemetry;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Admin;

/// <summary>
/// The admin side's places. When all are taken a newcomer gets that of another: of whoever has the most of them, the one on which nothing has
/// happened for longest. So silent connections, however many, keep no probe out, and what one address opens costs others nothing.
/// <para>
/// What a request of the API is under way on stays. Such requests have fewer places than there are connections, so that probes and
/// Prometheus always have some of their own: they carry no key, and are known only when they have been read.
/// </para>
/// </summary>
/// <param name="places">Connections at once.</param>
/// <param name="metrics">Counts those that had to go.</param>
/// <param name="time">Clock.</param>
internal sealed class AdminConnections(int places, GatewayMetrics metrics, TimeProvider time)
{
    private static readonly ConnectionAbortedException Replaced = new("The admin side has as many connections as it may have, and nothing happened on this one for longest.");
    private static readonly KeyValuePair<string, object?> ReplacedTag = new("why", "replaced");
    private static readonly KeyValuePair<string, object?> RefusedTag = new("why", "refused");

    private readonly HashSet<AdminConnection> _open = []; // guarded by itself, as all that follows
    private readonly Dictionary<AddressKey, int> _byAddress = [];
    private int _busy;

    /// <summary>Requests of the API at once: an eighth of the places is the probes'.</summary>
    public int MaxBusy { get; } = Math.Max(1, places - Math.Max(1, places / 8));

    public int Count
    {
        get
        {
            lock (_open)
                return _open.Count;
        }
    }

    /// <summary>A place for a connection that was accepted. Null: all are busy, and it was closed.</summary>
    public AdminConnection? Enter(ConnectionContext accepted)
    {
        var newcomer = new AdminConnection(accepted, this, time.GetTimestamp());
        AdminConnection? replaced = null;
        lock (_open)
        {
            if (_open.Count >= places)
            {
                replaced = LongestSilent();
                if (replaced is null)
                    newcomer = null;
                else
                    Remove(replaced);
            }

            if (newcomer is not null)
            {
                _open.Add(newcomer);
                _byAddress[newcomer.Address] = _byAddress.GetValueOrDefault(newcomer.Address) + 1;
            }
        }

        if (replaced is not null || newcomer is null)
        {
            metrics.AdminConnectionsClosed.Add(1, newcomer is null ? RefusedTag : ReplacedTag);
            // Closes the socket before it returns: there is never more than one above the places.
            (replaced ?? accepted).Abort(Replaced);
        }

        return newcomer;
    }

    /// <summary>It is closed.</summary>
    public void Leave(AdminConnection connection)
    {
        lock (_open)
            Remove(connection);
    }

    /// <summary>A request that was let in is there. False: it is one of the API, and too many of these are under way.</summary>
    public bool TryBegin(AdminConnection connection, bool isApi)
    {
        lock (_open)
        {
            connection.ActiveAt = time.GetTimestamp();
            if (!isApi)
                return true;
            if (_busy >= MaxBusy)
                return false;
            _busy++;
            return connection.IsBusy = true;
        }
    }

    /// <summary>It has been answered. Pair with <see cref="TryBegin"/>.</summary>
    public void End(AdminConnection connection, bool isApi)
    {
        lock (_open)
        {
            connection.ActiveAt = time.GetTimestamp();
            if (!isApi)
                return;
            _busy--;
            connection.IsBusy = false;
        }
    }

    private void Remove(AdminConnection connection)
    {
        if (!_open.Remove(connection))
            return;
        if (--_byAddress[connection.Address] == 0)
            _byAddress.Remove(connection.Address);
    }

    /// <summary>A walk over all, some ten microseconds, and only when it is full.</summary>
    private AdminConnection? LongestSilent()
    {
        var (found, most) = ((AdminConnection?)null, 0);
        foreach (var connection in _open)
        {
            if (connection.IsBusy)
                continue;
            var share = _byAddress[connection.Address];
            if (share > most || (share == most && connection.ActiveAt < found!.ActiveAt))
                (found, most) = (connection, share);
        }

        return found;
    }
}
