using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Cluster;

/// <summary>
/// Sends clients towards a node that has joined, until this one is no longer above the mean. Only connections that are older than its coming
/// go: whoever came after has been moved already, or chose among all nodes, and is left alone.
/// </summary>
internal sealed class Rebalancer(
    ConnectionRegistry registry, Membership membership, string self, RebalanceOptions options, TimeSpan reconnectWithin, TimeProvider time, ILogger log)
{
    // The loop has a second of delay in it: near its end it must not ask for more than a second's worth of what is left.
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(2);

    private readonly Departures _departures = new(reconnectWithin, longestPause: 2 * membership.Interval);
    private long _lastTurn = time.GetTimestamp();
    private DateTimeOffset _target; // when the newcomer joined for whom clients were chosen
    private bool _isMoving;

    /// <summary>Clients moved, ever.</summary>
    public long Moved => _departures.Count;

    /// <summary>Clients a second that are being moved.</summary>
    public double Rate { get; private set; }

    /// <summary>One turn, each time that the nodes have been looked at.</summary>
    public void Turn()
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_lastTurn, now);
        _lastTurn = now;
        Rate = 0;
        var newcomer = options.Within == TimeSpan.Zero ? null : Newcomer();
        var (excess, most) = newcomer is null ? (0, 0) : Excess();
        _isMoving = excess > 0;
        if (newcomer is not { } joined || excess <= 0)
            return;
        if (joined != _target)
        {
            _target = joined;
            _departures.Choose(registry.All().Where(connection => connection.State == ConnectionState.Open && connection.ConnectedAt < joined));
            Log.Rebalancing(log, excess, options.Within.TotalSeconds);
        }

        var rest = joined + options.Within - time.GetUtcNow();
        var wanted = excess / (rest > ShortestRest ? rest : ShortestRest).TotalSeconds;
        Rate = Math.Min(wanted, most);
        _departures.Send(Rate, elapsed, Farewell.Rebalance, excess);
    }

    /// <summary>When the latest node joined, as long as it is to be helped; null: none is.</summary>
    private DateTimeOffset? Newcomer()
    {
        DateTimeOffset? latest = null;
        foreach (var node in membership.Nodes)
        {
            // Who was there when this node came is none; who joined with it needs no help of it.
            if (node.Node == self || !node.TakesClients || membership.JoinedAt(node.Node) is not { } joined || joined <= membership.StartedAt + ShortestRest)
                continue;
            if (time.GetUtcNow() - joined < options.Within + ShortestRest && (latest is null || joined > latest))
                latest = joined;
        }

        return latest;
    }

    /// <summary>Connections above the mean and its tolerance, and how many a second the others can take.</summary>
    private (int Excess, double Rate) Excess()
    {
        var nodes = membership.Nodes;
        var ready = nodes.Where(node => node.TakesClients || node.Node == self).ToList();
        if (ready.Count < 2)
            return (0, 0);
        // Those that are on their way out count no more.
        var own = registry.All().Count(connection => connection.State == ConnectionState.Open);
        var mean = ready.Sum(node => (double)(node.Node == self ? own : node.Connections)) / ready.Count;
        var above = own - mean;
        // Once begun, down to the mean: the newcomer would else stay short by the tolerance.
        var tolerance = _isMoving ? 0 : mean * options.TolerancePercent / 100;
        return above <= tolerance ? (0, 0) : ((int)above, Pace.Of(nodes, self) ?? 0);
    }
}
