using Gateway.Core.Options;

namespace Gateway.Configuration;

/// <summary>
/// What options must not be together, since each by itself may be right and both undo what SECURITY.md promises. A rule is silent when one of
/// its options is already known to be wrong.
/// </summary>
internal static class SecurityRules
{
    public static IEnumerable<ConfigurationError> Check(GatewaySettings settings, IReadOnlyList<ConfigurationError> known)
    {
        ConfigurationError?[] faults = [CookieForAnyPage(settings), ProxiesAreSome(settings), SecretInTheOpen(settings)];
        return faults.OfType<ConfigurationError>().Where(fault => !known.Any(error => error.Option.StartsWith(fault.Option, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>A browser sends a cookie with what any page asks for: where any page may ask, any page has the rights of whoever visits it.</summary>
    private static ConfigurationError? CookieForAnyPage(GatewaySettings settings)
    {
        var auth = settings.Gateway.Auth;
        // Any site can make its page one of the origin null, by a sandboxed frame.
        return auth.Cookie.Length > 0 && auth.AllowedOrigins.FirstOrDefault(origin => origin is "*" or "null") is { } any
            ? new("Gateway:Auth:Cookie", auth.Cookie, $"lets a page of any site connect as whoever visits it: Gateway:Auth:AllowedOrigins allows {(any == "*" ? "all" : any)}.", "Name the pages' origins there, such as https://app.example.com, or leave the cookie out.")
            : null;
    }

    /// <summary>Who trusts everybody to name a client's address lets every client choose its own, and with it the limits by address.</summary>
    private static ConfigurationError? ProxiesAreSome(GatewaySettings settings)
    {
        var networks = settings.Gateway.TrustedProxies.Where(text => text.Length > 0);
        return NetworkAttribute.HoldMostAddresses(networks)
            ? new("Gateway:TrustedProxies", string.Join(", ", networks), "trusts half of all addresses or more, and so lets clients choose the address that they are known by.", "Name your proxies' networks only, such as 10.0.0.0/8.")
            : null;
    }

    private static ConfigurationError? SecretInTheOpen(GatewaySettings settings) =>
        settings.Authorizer.Secret.Length > 0 && IsInTheOpen(settings.Authorizer.Uri)
            ? new("Gateway:Authorizer:Uri", settings.Authorizer.Uri, "sends Gateway:Authorizer:Secret, and who may do what, where everybody on the way can read and change it.", "Use https, or a proxy on this machine that does; or leave the secret out.")
            : null;

    /// <summary>Without TLS, and not to this machine.</summary>
    private static bool IsInTheOpen(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback;
}
