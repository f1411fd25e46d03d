namespace Gateway.Core.Transport;

/// <summary>Why a connection was refused on an endpoint with the PROXY protocol.</summary>
internal enum ProxyProtocolFault
{
    None,

    /// <summary>The peer is in none of <c>Gateway:TrustedProxies</c>.</summary>
    Untrusted,

    /// <summary>What came first is no header.</summary>
    Missing,

    /// <summary>The header breaks the specification.</summary>
    Malformed,

    /// <summary>The header is longer than its version allows, or than is read.</summary>
    TooLong,

    /// <summary>The header's checksum is wrong.</summary>
    Checksum,
}

internal static class ProxyProtocolFaults
{
    public static string Label(this ProxyProtocolFault fault) => fault switch
    {
        ProxyProtocolFault.Untrusted => "untrusted",
        ProxyProtocolFault.Missing => "missing",
        ProxyProtocolFault.Malformed => "malformed",
        ProxyProtocolFault.TooLong => "too_long",
        _ => "checksum",
    };

    /// <summary>For an operator, as the rest of a sentence.</summary>
    public static string Text(this ProxyProtocolFault fault) => fault switch
    {
        ProxyProtocolFault.Untrusted => "its address is in none of Gateway:TrustedProxies",
        ProxyProtocolFault.Missing => "it does not begin with a header; have the proxy send one, or turn ProxyProtocol off",
        ProxyProtocolFault.Malformed => "its header is malformed",
        ProxyProtocolFault.TooLong => "its header is too long",
        _ => "its header's checksum is wrong",
    };
}
