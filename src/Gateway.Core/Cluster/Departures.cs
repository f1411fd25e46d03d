using Gateway.Core.Connections;

namespace Gateway.Core.Cluster;

/// <summary>Sends connections away one after the other, never more than a rate allows, those first who miss least.</summary>
/// <param name="reconnectWithin">Each client is told a moment within so long to come back at.</param>
/// <param name="longestPause">Made up for, but no more: turns are late on a busy machine. Longer than the time between two of them.</param>
internal sealed class Departures(TimeSpan reconnectWithin, TimeSpan longestPause)
{
    private readonly Queue<Connection> _waiting = new();
    private double _allowance;

    /// <summary>Connections sent away, ever.</summary>
    public long Count { get; private set; }

    /// <summary>Nobody waits to be sent away.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Chooses who goes: those for whom nothing waits first, and of them those who have been silent longest.</summary>
    public void Choose(IEnumerable<Connection> connections)
    {
        _waiting.Clear();
        foreach (var connection in connections.OrderBy(connection => connection.QueuedBytes > 0).ThenByDescending(connection => connection.IdleMilliseconds))
            _waiting.Enqueue(connection);
    }

    /// <summary>Sends away as many as a rate allows in the time that has passed, at most <paramref name="most"/>.</summary>
    public int Send(double rate, TimeSpan elapsed, Farewell farewell, int most = int.MaxValue)
    {
        _allowance = Math.Min(_allowance + (rate * elapsed.TotalSeconds), Math.Max(1, rate * longestPause.TotalSeconds));
        var sent = 0;
        while (_allowance >= 1 && sent < most && _waiting.TryDequeue(out var connection))
        {
            if (!connection.SendAway(reconnectWithin, farewell))
                continue; // it had gone by itself
            _allowance--;
            sent++;
        }

        Count += sent;
        return sent;
    }

    /// <summary>Sends away all who are left, and spreads their return over a time.</summary>
    public void SendAll(TimeSpan spread, Farewell farewell)
    {
        while (_waiting.TryDequeue(out var connection))
        {
            if (connection.SendAway(spread, farewell))
                Count++;
        }
    }
}
