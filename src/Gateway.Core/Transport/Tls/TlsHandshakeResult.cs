namespace Gateway.Core.Transport.Tls;

/// <summary>How a TLS handshake ended.</summary>
internal enum TlsHandshakeResult
{
    Completed,

    /// <summary>No version, cipher or protocol in common, no valid client certificate, or bytes that are none of TLS.</summary>
    Failed,

    /// <summary>The client left.</summary>
    Closed,

    /// <summary>It took longer than <c>Gateway:Tls:HandshakeTimeout</c>.</summary>
    Overdue,

    /// <summary>The client's first byte was not TLS.</summary>
    NotTls,
}

internal static class TlsHandshakeResults
{
    public static string Label(TlsHandshakeResult result) => result switch
    {
        TlsHandshakeResult.Completed => "completed",
        TlsHandshakeResult.Failed => "failed",
        TlsHandshakeResult.Closed => "closed",
        TlsHandshakeResult.Overdue => "timeout",
        _ => "not_tls",
    };
}
