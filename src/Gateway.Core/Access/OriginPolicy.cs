using Gateway.Core.Addresses;
using Gateway.Core.Options;

namespace Gateway.Core.Access;

/// <summary>
/// Which pages may connect. A browser lets every page open a WebSocket to every host and says in <c>Origin</c> which page it is (RFC 6455
/// §10.2); what is no browser sends none, or what it likes, and is held by its token alone.
/// </summary>
internal sealed class OriginPolicy
{
    private readonly bool _allowsAll;
    private readonly bool _allowsLocal;
    private readonly OriginPattern[] _patterns;

    /// <param name="options">Valid options.</param>
    public OriginPolicy(AuthOptions options)
    {
        _allowsAll = options.AllowedOrigins.Contains("*");
        _allowsLocal = options.AllowLocalOrigins;
        _patterns = [.. options.AllowedOrigins.Select(OriginPattern.TryParse).OfType<OriginPattern>()];
    }

    /// <summary>Judges a request.</summary>
    /// <param name="origin">Its header; null: it has none, and does not come from a page.</param>
    /// <param name="host">The request's host, with or without a port.</param>
    public bool Allows(string? origin, string host)
    {
        if (origin is null || _allowsAll)
            return true;
        // RFC 6454 §7.3: a list of origins.
        if (!Origin.TryParse(origin, out var page))
            return false;
        if (_allowsLocal && page.IsLocal)
            return true;
        // By name alone, not by port or scheme: the admin side's console is such a page on another port, and a proxy in front may have changed
        // both. Whoever serves pages on another port of this name serves them to the same cookies already (RFC 6265 §8.5).
        return _patterns.Length == 0
            ? string.Equals(page.Host, Origin.HostOf(host), StringComparison.OrdinalIgnoreCase)
            : Array.Exists(_patterns, pattern => pattern.Matches(page));
    }
}
