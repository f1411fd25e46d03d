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

    /// <summary>The node had no memory for it, or needed what it held.</summary>
    Refused,

    /// <summary>It had its place for <c>Gateway:Tls:CrowdedTimeout</c>, and others waited for one.</summary>
    Displaced,
}

internal static class TlsHandshakeResults
{
    public static string Label(TlsHandshakeResult result) => result switch
    {
        TlsHandshakeResult.Completed => "completed",
        TlsHandshakeResult.Failed => "failed",
        TlsHandshakeResult.Closed => "closed",
        TlsHandshakeResult.Overdue => "timeout",
        TlsHandshakeResult.NotTls => "not_tls",
        TlsHandshakeResult.Refused => "refused",
        _ => "displaced",
    };
}
