using Gateway.Core.Addresses;
using Gateway.Core.Options;

namespace Gateway.Core.Access;

/// <summary>
/// Which names clients reach this node by. A page's script that is served from <c>evil.example</c> is of the same site as whatever that name
/// leads to, and its owner can let it lead here (DNS rebinding): page and host then agree, and no rule about origins sees anything wrong.
/// What the node knows of its own names does.
/// </summary>
internal sealed class HostPolicy
{
    private readonly HostPattern[] _patterns;

    /// <param name="options">Valid options.</param>
    public HostPolicy(AuthOptions options) => _patterns = [.. options.AllowedHosts.Select(HostPattern.TryParse).OfType<HostPattern>()];

    /// <summary>Judges a request.</summary>
    /// <param name="host">Its host, with or without a port; null: it names none, as HTTP/1.0 may.</param>
    public bool Allows(string? host) =>
        _patterns.Length == 0 || (host is not null && Origin.HostOf(host) is var name && Array.Exists(_patterns, pattern => pattern.Matches(name)));
}
