namespace Gateway.Core.Handshake;

/// <summary>What became of a request.</summary>
internal enum HandshakeStatus
{
    /// <summary>Call again with the same bytes and more.</summary>
    NeedMore,

    /// <summary>A valid request to upgrade.</summary>
    Upgrade,

    /// <summary>A valid request that asks for no WebSocket.</summary>
    Plain,

    /// <summary>To be answered with an error; the connection ends.</summary>
    Refused,
}
