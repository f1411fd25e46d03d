using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Fleet;

/// <summary>Subscribers in a process of their own, spread over the nodes.</summary>
internal sealed class FleetClients : IDisposable
{
    // All processes together stay below one node's backlog.
    private const int Handshakes = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(100);

    private readonly Loop _loop;
    private readonly int _count;
    private readonly Subscribers _subscribers;
    private readonly ClientPool _pool;
    private readonly bool[] _isCounted;
    private FleetStatus? _said;
    private long _saidAt;

    /// <param name="loop">Drives it.</param>
    /// <param name="targets">The nodes.</param>
    /// <param name="first">Number of the first client among those of all processes.</param>
    /// <param name="count">Clients.</param>
    public FleetClients(Loop loop, IPEndPoint[] targets, int first, int count)
    {
        (_loop, _count) = (loop, count);
        _subscribers = new Subscribers(count, channels: 1);
        _isCounted = new bool[count];
        var request = UpgradeExchange.Request("/plain/" + FleetSettings.Channel);
        _pool = new ClientPool(loop, client => targets[(first + client) % targets.Length], count, _ => request, _subscribers);
    }

    /// <summary>Opens all, and receives until it is told to end.</summary>
    public void Run(ConcurrentQueue<string> said)
    {
        _pool.Want(_count, Handshakes);
        var published = -1L;
        while (published < 0)
        {
            // An item a turn: it is looked at again at the end of every turn.
            _loop.RunUntil(() => said.TryDequeue(out var line) && (published = Hear(line)) >= 0, StatusInterval);
            SayStatus();
        }

        _loop.RunUntil(() => Missing(published) == 0, Patience);
        var sequences = _subscribers.Sequences;
        Console.Out.WriteLine(FleetLine.Write(new FleetResult(
            _pool.Open, sequences.Lost + Missing(published), sequences.Duplicated, sequences.Disordered, _subscribers.Latency.ToCounts())));
    }

    public void Dispose() => _pool.Dispose();

    /// <summary>How much was published when this is the end, else -1.</summary>
    private long Hear(string line)
    {
        if (line.StartsWith(FleetLine.End, StringComparison.Ordinal))
            return long.Parse(line.AsSpan(FleetLine.End.Length), CultureInfo.InvariantCulture);
        if (line == FleetLine.Begin)
        {
            _subscribers.Begin();
            for (var client = 0; client < _pool.Clients.Length; client++)
                _isCounted[client] = _pool.Clients[client].State == ClientState.Open;
        }

        return -1;
    }

    private long Missing(long published)
    {
        var missing = 0L;
        for (var client = 0; client < _count; client++)
        {
            if (_isCounted[client])
                missing += Math.Max(0, published - Math.Max(0, _subscribers.Sequences.Next(client)));
        }

        return missing;
    }

    private void SayStatus()
    {
        var status = new FleetStatus(_pool.Open, _pool.IsSettled, _subscribers.Sequences.Started, _subscribers.Deliveries, _pool.FirstFailure);
        if (status == _said || (_saidAt != 0 && Loop.Clock.GetElapsedTime(_saidAt) < StatusInterval))
            return;
        (_said, _saidAt) = (status, Loop.Clock.GetTimestamp());
        Console.Out.WriteLine(FleetLine.Write(status));
    }
}
