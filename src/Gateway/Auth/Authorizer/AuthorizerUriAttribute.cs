using Gateway.Configuration;

namespace Gateway.Auth.Authorizer;

/// <summary>The authorizer's URL, or an empty text. It stands in logs: nothing secret may be in it.</summary>
public sealed class AuthorizerUriAttribute : OptionRuleAttribute
{
    /// <inheritdoc/>
    public override string? FindFault(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
            return "is not a URL such as http://backend:8000/gateway/authorize";
        if (url.UserInfo.Length > 0)
            return "holds a user or a password; set Gateway:Authorizer:Secret instead";
        return url.Fragment.Length > 0 ? "has a fragment" : null;
    }
}
