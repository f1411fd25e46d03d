using Gateway.Core.Brokers;
using Gateway.Core.Cluster;
using Gateway.Core.Publications;

namespace Gateway.Core;

/// <summary>The node among the others: what it says of itself, and what it does with what they say.</summary>
public sealed partial class GatewayNode
{
    private readonly Membership _membership;
    private readonly Rebalancer _rebalancer;
    private Task _announcing = Task.CompletedTask;
    private long _announcedAt;
    private long _arrivedThen;

    /// <summary>All nodes as they last announced themselves, this one among them; empty while nothing is known.</summary>
    public IReadOnlyList<NodeAnnouncement> Nodes => _membership.Nodes;

    /// <summary>How far a drain is.</summary>
    public DrainStatus DrainStatus => Drain.Status;

    /// <summary>Clients that were moved to a node that joined, ever.</summary>
    public long Moved => _rebalancer.Moved;

    internal Drain Drain { get; }

    /// <summary>Clients a second that are being moved.</summary>
    internal double RebalanceRate => _rebalancer.Rate;

    private string State => Drain.State != DrainState.None ? NodeStates.Draining : Readiness().Ready ? NodeStates.Ready : NodeStates.Unready;

    private NodeAnnouncement Describe()
    {
        var (now, arrived) = (_time.GetTimestamp(), Connections.Registry.Arrived);
        var seconds = _announcedAt == 0 ? 0 : _time.GetElapsedTime(_announcedAt, now).TotalSeconds;
        var accepted = seconds > 0 ? (arrived - _arrivedThen) / seconds : 0;
        (_announcedAt, _arrivedThen) = (now, arrived);
        return new NodeAnnouncement
        {
            Node = Name,
            State = State,
            Connections = ConnectionCount,
            MaxConnections = MaxConnections,
            Subscriptions = SubscriptionCount,
            AcceptRate = _options.Cluster.AcceptRate,
            Accepted = Math.Round(accepted, 1),
            SendingAway = Math.Round(Drain.Rate + _rebalancer.Rate, 1),
            Header = PublicationHeader.CurrentVersion,
            Envelope = Envelope.CurrentVersion,
        };
    }

    private void OnNodesRead()
    {
        if (Drain.State == DrainState.None)
            _rebalancer.Turn();
    }
}
