namespace Gateway.Core.Connections;

/// <summary>Why a client is asked to come back, in the words of docs/protocol.md.</summary>
internal static class Farewell
{
    /// <summary>Its node stops.</summary>
    public const string Drain = "drain";

    /// <summary>Its node stays, and others have less to do; or the connection is old.</summary>
    public const string Rebalance = "rebalance";
}
