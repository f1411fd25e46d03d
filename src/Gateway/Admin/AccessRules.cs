using System.Net;
using Gateway.Configuration;

namespace Gateway.Admin;

/// <summary>
/// Who may use the admin side. Health and metrics are open. All else needs the key where one is set; without a key it is open on a
/// loopback address only, and then to programs and pages of this machine, not to web sites that a browser on it happens to show.
/// </summary>
internal sealed class AccessRules(RequestDelegate next, GatewaySettings settings, AdminKeys keys)
{
    private readonly bool _isLoopback = AddressText.TryParse(settings.Admin.Address, out var address) && IPAddress.IsLoopback(address.Address);

    public Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<OpenAccess>() is not null)
            return next(context);
        // The page is empty without the API; it asks for the key and sends it along.
        if (keys.AreSet)
            return metadata?.GetMetadata<ConsoleShell>() is not null || HasKey(context) ? next(context) : Unauthorised(context);
        if (!_isLoopback)
            return Problem.WriteAsync(context, 403, $"The admin address {settings.Admin.Address} is not a loopback address and there is no key. Set Gateway:Admin:ApiKey or Gateway:Admin:ApiKeyPath.");
        if (!IsOfThisMachine(context.Request.Host.Host))
            return Problem.WriteAsync(context, 403, "The Host header names another machine. Use localhost or an IP address, or set Gateway:Admin:ApiKey.");
        return IsFromAnotherSite(context.Request)
            ? Problem.WriteAsync(context, 403, "The request comes from a page of another site. Set Gateway:Admin:ApiKey to allow what carries the key.")
            : next(context);
    }

    private bool HasKey(HttpContext context)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || keys.Find(header[Scheme.Length..].Trim()) is not { } who)
            return false;
        Audit.SetWho(context, who);
        return true;
    }

    /// <summary>
    /// A name that an attacker's DNS points at 127.0.0.1 makes the browser treat this API as the attacker's own site (DNS rebinding).
    /// An IP literal cannot be rebound.
    /// </summary>
    private static bool IsOfThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out _);

    /// <summary>Browsers send Origin with every POST, also with those that need no permission to cross sites.</summary>
    private static bool IsFromAnotherSite(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static Task Unauthorised(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"gateway\"";
        return Problem.WriteAsync(context, 401, "Send the key of Gateway:Admin:ApiKey, or one of Gateway:Admin:ApiKeyPath, as 'Authorization: Bearer <key>'.");
    }
}
