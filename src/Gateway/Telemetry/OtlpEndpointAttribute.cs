using Gateway.Configuration;

namespace Gateway.Telemetry;

/// <summary>A collector's URL, or an empty text. It stands in logs: nothing secret may be in it.</summary>
public sealed class OtlpEndpointAttribute : OptionRuleAttribute
{
    /// <inheritdoc/>
    public override string? FindFault(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
            return "is not a URL such as http://collector:4318";
        if (url.UserInfo.Length > 0)
            return "holds a user or a password; set Gateway:Telemetry:Otlp:Headers instead";
        return url.Query.Length > 0 || url.Fragment.Length > 0 ? "has a query or a fragment" : null;
    }
}
