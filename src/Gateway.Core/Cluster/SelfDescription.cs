using Gateway.Core.Brokers;
using Gateway.Core.Connections;
using Gateway.Core.Publications;

namespace Gateway.Core.Cluster;

/// <summary>What the node says of itself.</summary>
/// <param name="name">Its name.</param>
/// <param name="registry">Its connections.</param>
/// <param name="maxConnections">As many as it takes.</param>
/// <param name="acceptRate">As many a second: <c>Gateway:Cluster:AcceptRate</c>.</param>
/// <param name="subscriptions">Of its connections.</param>
/// <param name="time">Clock.</param>
internal sealed class SelfDescription(string name, ConnectionRegistry registry, int maxConnections, double acceptRate, Func<int> subscriptions, TimeProvider time)
{
    private long _describedAt;
    private long _arrivedThen;

    /// <summary>Whether it should be sent clients.</summary>
    public Func<bool> IsReady { get; set; } = static () => false;

    /// <summary>Whether it sends its clients away.</summary>
    public Func<bool> IsDraining { get; set; } = static () => false;

    /// <summary>Clients a second that leave it for other nodes.</summary>
    public Func<double> Departures { get; set; } = static () => 0;

    /// <summary>One of <see cref="NodeStates"/>.</summary>
    public string State => IsDraining() ? NodeStates.Draining : IsReady() ? NodeStates.Ready : NodeStates.Unready;

    /// <summary>Clients a second that it sends away.</summary>
    public double SendingAway => Math.Round(Departures(), 1);

    /// <summary>The next announcement: its rate of arrivals is that since the last.</summary>
    public NodeAnnouncement Announce()
    {
        var (now, arrived) = (time.GetTimestamp(), registry.Arrived);
        var seconds = _describedAt == 0 ? 0 : time.GetElapsedTime(_describedAt, now).TotalSeconds;
        var accepted = seconds > 0 ? (arrived - _arrivedThen) / seconds : 0;
        (_describedAt, _arrivedThen) = (now, arrived);
        return new NodeAnnouncement
        {
            Node = name,
            State = State,
            Connections = registry.Count,
            MaxConnections = maxConnections,
            Subscriptions = subscriptions(),
            AcceptRate = acceptRate,
            Accepted = Math.Round(accepted, 1),
            SendingAway = SendingAway,
            Header = PublicationHeader.CurrentVersion,
            Envelope = Envelope.CurrentVersion,
        };
    }
}
