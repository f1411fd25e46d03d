namespace Gateway.Core.Options;

/// <summary>The header in which proxies say for whom they forward.</summary>
public enum ForwardedHeader
{
    /// <summary>Either; where both are sent, they must name the same client.</summary>
    Either,

    /// <summary><c>X-Forwarded-For</c>.</summary>
    XForwardedFor,

    /// <summary><c>Forwarded</c>, RFC 7239.</summary>
    Forwarded,

    /// <summary>Neither.</summary>
    None,
}
