namespace Gateway.Core.Framing;

/// <summary>
/// Why a connection ends, RFC 6455 §7.4.1 and its IANA registry. Codes from 4000 to 4999 belong to the application and are cast.
/// </summary>
public enum CloseCode : ushort
{
    /// <summary>Zero is no code of the protocol; it stands for "not decided".</summary>
    None = 0,

    /// <summary>The purpose is fulfilled.</summary>
    Normal = 1000,

    /// <summary>The server goes down or the browser left the page.</summary>
    GoingAway = 1001,

    /// <summary>The peer broke a rule of the protocol.</summary>
    ProtocolError = 1002,

    /// <summary>A kind of data that this endpoint does not take.</summary>
    UnsupportedData = 1003,

    /// <summary>The close frame carried no code. Never on the wire.</summary>
    NoStatus = 1005,

    /// <summary>The connection ended without a close frame. Never on the wire.</summary>
    Abnormal = 1006,

    /// <summary>Data that is not what its type says, such as text that is not UTF-8.</summary>
    InvalidData = 1007,

    /// <summary>A rule of this endpoint, when no other code fits.</summary>
    PolicyViolation = 1008,

    /// <summary>A message larger than this endpoint takes.</summary>
    MessageTooBig = 1009,

    /// <summary>The client expected an extension that the server did not agree to.</summary>
    MandatoryExtension = 1010,

    /// <summary>The server met a condition that it did not expect.</summary>
    InternalError = 1011,

    /// <summary>The service restarts; come back after a random 5 to 30 s.</summary>
    ServiceRestart = 1012,

    /// <summary>The service is overloaded.</summary>
    TryAgainLater = 1013,

    /// <summary>A gateway got an invalid answer from behind it.</summary>
    BadGateway = 1014,

    /// <summary>TLS could not be set up. Never on the wire.</summary>
    TlsHandshake = 1015,
}
