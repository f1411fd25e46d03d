using Gateway.Configuration;

namespace Gateway.Auth;

/// <summary>Where a JWK Set is, or an empty text. It stands in logs: nothing secret may be in it.</summary>
public sealed class JwksUriAttribute : OptionRuleAttribute
{
    /// <inheritdoc/>
    public override string? FindFault(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.Host.Length == 0)
            return "is not a URL such as https://issuer.example/.well-known/jwks.json";
        // Whoever can change the answer on its way chooses who may connect.
        if (uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback)
            return "is not https, which only a loopback address may do without";
        return uri.UserInfo.Length > 0 ? "holds a user or a password" : null;
    }
}
