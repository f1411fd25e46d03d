using System.Net;

namespace Gateway.Core.Connections;

/// <summary>
/// The connections that ended last, so that the end of one can be told after it. Two rings: endings that are this node's verdict are not
/// pushed out by clients that merely leave. Connections that never opened are not among them: nobody was told their id.
/// </summary>
internal sealed class EndedConnections
{
    /// <summary>
    /// In each ring. Places of 64 bytes and addresses of 112 at most: 4,096 of both rings take 0.7 MB, and hold the last half a minute of a node
    /// that loses 70 clients a second.
    /// </summary>
    public const int Kept = 2048;

    private readonly Lock _gate = new();
    private readonly Ring _verdicts = new();
    private readonly Ring _departures = new();

    /// <summary>Connections remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _verdicts.Count + _departures.Count;
        }
    }

    public void Add(EndedConnection ended)
    {
        lock (_gate)
        {
            // It was taken for lost before the kernel's verdict was known, and what waited for it was counted then.
            if (ended.Reason == CloseReason.SlowConsumer && _departures.Find(ended.Id) is { } before)
                ended = ended with { QueuedBytes = before.QueuedBytes, Dropped = before.Dropped };
            (ended.Reason == CloseReason.ClosedByClient || ended.Reason == CloseReason.ConnectionLost ? _departures : _verdicts).Add(ended);
        }
    }

    /// <summary>Null: it is not remembered.</summary>
    public EndedConnection? Find(ConnectionId id)
    {
        lock (_gate)
            return _verdicts.Find(id) ?? _departures.Find(id);
    }

    /// <summary>Those that ended last, the latest first.</summary>
    public IReadOnlyList<EndedConnection> Latest(int count)
    {
        lock (_gate)
            return [.. _verdicts.Latest(count).Concat(_departures.Latest(count)).OrderByDescending(ended => ended.At).DistinctBy(ended => ended.Id).Take(count)];
    }

    private sealed class Ring
    {
        private EndedConnection[] _places = []; // made when the first ends
        private int _next;

        public int Count { get; private set; }

        public void Add(EndedConnection ended)
        {
            if (_places.Length == 0)
                _places = new EndedConnection[Kept];
            _places[_next] = ended;
            _next = (_next + 1) % Kept;
            Count = Math.Min(Count + 1, Kept);
        }

        public IEnumerable<EndedConnection> Latest(int count) =>
            Enumerable.Range(1, Math.Min(count, Count)).Select(back => _places[(_next - back + Kept) % Kept]);

        /// <summary>Walked: a few microseconds, for an operator's question.</summary>
        public EndedConnection? Find(ConnectionId id)
        {
            foreach (ref readonly var place in _places.AsSpan(0, Count))
            {
                if (place.Id == id)
                    return place;
            }

            return null;
        }
    }
}

/// <summary>A connection's end.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="At">When that was decided.</param>
/// <param name="Protocol">Its protocol's name.</param>
/// <param name="RemoteEndPoint">The client's; null when the socket was gone already.</param>
/// <param name="QueuedBytes">What waited for the client then.</param>
/// <param name="Dropped">Messages of it that were dropped.</param>
internal readonly record struct EndedConnection(
    ConnectionId Id, CloseReason Reason, DateTimeOffset At, string Protocol, EndPoint? RemoteEndPoint, long QueuedBytes, int Dropped);
