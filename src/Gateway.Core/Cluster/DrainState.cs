namespace Gateway.Core.Cluster;

/// <summary>How far a drain is.</summary>
public enum DrainState
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The node says that it is not ready, and serves until load balancers know.</summary>
    Unready,

    /// <summary>Clients are being sent away.</summary>
    Draining,

    /// <summary>No client is left.</summary>
    Drained,
}

/// <summary>A drain, for operators.</summary>
/// <param name="State">How far it is.</param>
/// <param name="StartedAt">When it began; null: there is none.</param>
/// <param name="Deadline">When those who are left are sent away at once; null: there is none.</param>
/// <param name="Rate">Clients a second that are sent away now.</param>
/// <param name="Sent">Clients that were sent away.</param>
/// <param name="Remaining">Connections that stand.</param>
public sealed record DrainStatus(DrainState State, DateTimeOffset? StartedAt, DateTimeOffset? Deadline, double Rate, long Sent, int Remaining);
