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

    // Departures whose effect is guessed: until there are more, chance says as much as experience.
    private const double Guessed = 20;

    // Before the time is over: near the end it goes slowly, and those who leave last are back so long after.
    private readonly TimeSpan _lastCall = ShortestRest + reconnectWithin + membership.Interval;

    private readonly Departures _departures = new(reconnectWithin, longestPause: 2 * membership.Interval);
    private long _lastTurn = time.GetTimestamp();
    private DateTimeOffset _target; // when the newcomer joined for whom clients were chosen
    private int _openThen; // connections when they were
    private long _movedThen;
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
        var own = registry.All().Count(connection => connection.State == ConnectionState.Open); // those on their way out count no more
        var (excess, most, nodes) = newcomer is null ? default : Excess(own);
        _isMoving = excess > 0;
        if (newcomer is not { } joined || excess <= 0)
            return;
        if (joined != _target)
        {
            (_target, _openThen, _movedThen) = (joined, own, Moved);
            _departures.Choose(registry.All().Where(connection => connection.State == ConnectionState.Open && connection.ConnectedAt < joined));
            Log.Rebalancing(log, excess, options.Within.TotalSeconds);
        }

        var rest = joined + options.Within - _lastCall - time.GetUtcNow();
        var wanted = excess / (rest > ShortestRest ? rest : ShortestRest).TotalSeconds;
        Rate = Math.Min(wanted / Effect(own, nodes), most);
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

    /// <summary>
    /// Connections that this node has fewer for each that it sent away. Where a load balancer sends all to the newcomer it is one; where it
    /// chooses evenly it is one in as many as there are nodes: most of those whom the old nodes send away come to an old one again.
    /// </summary>
    private double Effect(int own, int nodes)
    {
        var sent = Moved - _movedThen;
        return Math.Clamp((_openThen - own + (Guessed / nodes)) / (sent + Guessed), 1d / nodes, 1);
    }

    /// <summary>Connections above the mean and its tolerance, how many a second the others can take, and how many nodes there are.</summary>
    private (int Excess, double Rate, int Nodes) Excess(int own)
    {
        var nodes = membership.Nodes;
        var ready = nodes.Where(node => node.TakesClients || node.Node == self).ToList();
        if (ready.Count < 2)
            return default;
        var mean = ready.Sum(node => (double)(node.Node == self ? own : node.Connections)) / ready.Count;
        var above = own - mean;
        // Once begun, down to the mean: the newcomer would else stay short by the tolerance.
        var tolerance = _isMoving ? 0 : mean * options.TolerancePercent / 100;
        return above <= tolerance ? default : ((int)above, Pace.Of(nodes, self) ?? 0, ready.Count);
    }
}
