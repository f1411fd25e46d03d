namespace Gateway.Core.Addresses;

/// <summary>
/// One of <c>Gateway:Auth:AllowedOrigins</c>: an origin, or all below a domain, such as <c>https://*.example.com</c>; also <c>file://</c> and
/// <c>null</c>, which are what they are.
/// </summary>
internal sealed class OriginPattern
{
    private const string Wildcard = "*.";

    private readonly Origin _origin;
    private readonly string? _suffix; // with its dot; null: the origin itself

    private OriginPattern(Origin origin)
    {
        _origin = origin;
        _suffix = origin.Host.StartsWith(Wildcard, StringComparison.Ordinal) ? origin.Host[1..] : null;
    }

    /// <summary>Null: it is none.</summary>
    public static OriginPattern? TryParse(string text) =>
        Origin.TryParse(text, out var origin) && HostText.TryToAscii(origin.Host, out var host) && IsHost(host) ? new OriginPattern(origin with { Host = host }) : null;

    /// <summary>The domain itself is not below itself: whoever means both names both.</summary>
    public bool Matches(in Origin page) =>
        page.Scheme == _origin.Scheme && page.Port == _origin.Port && (_suffix is null
            ? string.Equals(page.Host, _origin.Host, StringComparison.OrdinalIgnoreCase)
            : page.Host.Length > _suffix.Length && page.Host.EndsWith(_suffix, StringComparison.OrdinalIgnoreCase));

    /// <summary>A star stands at the front alone, for whole labels: <c>*example.com</c> would take <c>evilexample.com</c>.</summary>
    private static bool IsHost(string host)
    {
        var name = host.StartsWith(Wildcard, StringComparison.Ordinal) ? host[Wildcard.Length..] : host;
        return (name.Length > 0 || host.Length == 0) && !name.Contains('*', StringComparison.Ordinal);
    }
}
