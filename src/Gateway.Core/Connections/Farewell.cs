namespace Gateway.Core.Connections;

/// <summary>Why a client is asked to come back.</summary>
/// <param name="Word">What it is told, in the words of docs/protocol.md.</param>
/// <param name="Close">How its connection ends.</param>
/// <param name="MetricLabel">For <c>gateway.departures</c>.</param>
internal sealed record Farewell(string Word, CloseReason Close, string MetricLabel)
{
    /// <summary>Its node stops.</summary>
    public static readonly Farewell Drain = new("drain", CloseReason.ServiceRestart, "drain");

    /// <summary>Its node stays, and others have less to do.</summary>
    public static readonly Farewell Rebalance = new("rebalance", CloseReason.Moved, "rebalance");

    /// <summary>The same for a client: its connection is old.</summary>
    public static readonly Farewell MaxAge = new("rebalance", CloseReason.Moved, "max_age");
}
