using System.Net;
using Gateway.Configuration;

namespace Gateway.Admin;

/// <summary>
/// Who may use the admin side. Health and metrics are open. All else needs a key where one is set, and one that has the right that the route
/// declares; without a key it is open on a loopback address only, and then to programs and pages of this machine, not to web sites that a
/// browser on it happens to show.
/// </summary>
internal sealed class AdminAccess(RequestDelegate next, GatewaySettings settings, AdminKeys keys)
{
    private readonly bool _isLoopback = AddressText.TryParse(settings.Admin.Address, out var address) && IPAddress.IsLoopback(address.Address);

    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var metadata = endpoint?.Metadata;
        if (metadata?.GetMetadata<OpenAccess>() is not null)
            return next(context);
        // The page is empty without the API; it asks for the key and sends it along.
        if (keys.AreSet)
            return metadata?.GetMetadata<ConsoleShell>() is not null ? next(context) : InvokeWithKeyAsync(context, endpoint);
        if (!_isLoopback)
            return Problem.WriteAsync(context, 403, $"The admin address {settings.Admin.Address} is not a loopback address and there is no key. Set Gateway:Admin:ApiKey or Gateway:Admin:ApiKeyPath.");
        if (!IsOfThisMachine(context.Request.Host.Host))
            return Problem.WriteAsync(context, 403, "The Host header names another machine. Use localhost or an IP address, or set Gateway:Admin:ApiKey.");
        return IsFromAnotherSite(context.Request) || (IsMarkedCrossSite(context.Request) && !IsLinkToConsole(context.Request, metadata))
            ? Problem.WriteAsync(context, 403, "The request comes from a page of another site. Set Gateway:Admin:ApiKey to allow what carries the key.")
            : next(context);
    }

    private Task InvokeWithKeyAsync(HttpContext context, Endpoint? endpoint)
    {
        if (FindKey(context) is not { } key)
            return Unauthorised(context);
        Audit.SetWho(context, key);
        // What is no route at all is told to whoever has a key; a route that declares nothing is an operator's.
        if (endpoint is not RouteEndpoint)
            return next(context);
        var needed = endpoint.Metadata.GetMetadata<NeededRight>()?.Right ?? AdminRights.Operate;
        return (needed & ~key.Rights) == 0
            ? next(context)
            : Problem.WriteAsync(context, 403, $"This is a {key.Scope} key, and the request needs one with the right '{NeededRight.WordOf(needed)}'. {WhoHas(needed)}");
    }

    private static string WhoHas(AdminRights right) =>
        $"Such are the keys of {string.Join(" and ", AdminKeys.Scopes.Where(scope => scope.Rights.HasFlag(right)).Select(scope => scope.Option))}.";

    private AdminKey? FindKey(HttpContext context)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? keys.Find(header[Scheme.Length..].Trim()) : null;
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

    /// <summary>
    /// Fetch Metadata: a browser says of every request, also of those without an Origin such as an image's, whose page asks for it. What a
    /// person types is of none. Only what is plainly not another site's is let through.
    /// </summary>
    private static bool IsMarkedCrossSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is not ("" or "same-origin" or "none");
    }

    /// <summary>A link to the console, in a wiki say: the shell holds nothing, may not be framed, and asks for the rest by itself.</summary>
    private static bool IsLinkToConsole(HttpRequest request, EndpointMetadataCollection? metadata) =>
        metadata?.GetMetadata<ConsoleShell>() is not null && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";

    private static Task Unauthorised(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"gateway\"";
        return Problem.WriteAsync(context, 401, "Send a key of Gateway:Admin:ApiKey, PublishKey or ReadKey, or of one of their files, as 'Authorization: Bearer <key>'.");
    }
}
