namespace Gateway.Core.Connections;

/// <summary>A connection's life; it only ever moves down this list.</summary>
internal enum ConnectionState : byte
{
    /// <summary>The HTTP request is being read.</summary>
    Handshaking,

    /// <summary>The request waits for the verdict of admission; nothing is read.</summary>
    Admitting,

    /// <summary>Messages flow.</summary>
    Open,

    /// <summary>A close frame or an HTTP refusal is on its way, or the peer has gone while bytes were still leaving.</summary>
    Closing,

    /// <summary>The socket is gone.</summary>
    Closed,
}
