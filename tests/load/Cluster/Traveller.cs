namespace Gateway.Load.Cluster;

internal enum TravellerStage : byte
{
    /// <summary>Between two nodes, or before the first.</summary>
    Away,

    /// <summary>Connecting, or not subscribed yet.</summary>
    Arriving,

    Subscribed,

    /// <summary>The close frame has come.</summary>
    Leaving,
}

/// <summary>A client that goes from node to node, as it is told to.</summary>
internal struct Traveller
{
    public TravellerStage Stage;

    /// <summary>The next publication's number; before the first has come, the first that was made after the subscription was acknowledged.</summary>
    public long Next;

    /// <summary>Of this connection, a publication has come.</summary>
    public bool HasStarted;

    /// <summary>Timestamp at which it is to come back; 0: it was not told.</summary>
    public long ReturnAt;

    /// <summary>Timestamp of the close frame; 0: there has been none.</summary>
    public long ClosedAt;

    /// <summary>Where it is, or was last; null: nowhere yet.</summary>
    public string? Node;

    /// <summary>Times that it was sent away.</summary>
    public int Moves;
}
