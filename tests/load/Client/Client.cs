namespace Gateway.Load.Client;

internal enum ClientState : byte
{
    None,
    Connecting,
    Upgrading,
    Open,
    Ended,
}

/// <summary>One connection: an element of an array, 64 bytes.</summary>
internal struct Client
{
    public int Fd;
    public ClientState State;

    /// <summary>Its socket is not read.</summary>
    public bool IsPaused;

    /// <summary>Ended by an error, not by the stream's end.</summary>
    public bool IsReset;

    /// <summary>Of the close frame that came; 0: none has.</summary>
    public ushort CloseCode;

    /// <summary>Timestamp at which it should have begun to connect.</summary>
    public long StartedAt;

    /// <summary>The first bytes of a frame whose last ones have not come; from the shared array pool.</summary>
    public byte[]? Partial;
    public int PartialLength;

    /// <summary>What the kernel did not take, between the two positions; from the shared array pool.</summary>
    public byte[]? Unsent;
    public int UnsentStart;
    public int UnsentEnd;
}
