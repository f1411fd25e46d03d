using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Gateway.Admin;

/// <summary>
/// Decodes the names in a path, exactly once. The server decodes all of a path before it is routed but an escaped slash: what it hands on as
/// <c>%2F</c> may have been sent so or as <c>%252F</c>, and names may hold either. So the names are read from the path as it was sent.
/// </summary>
internal sealed class PathNames(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint { RoutePattern: { Parameters.Count: > 0 } pattern })
            return next(context);
        var sent = Sent(context).Trim('/').Split('/');
        // The server has taken "." and ".." out: nothing is where it was.
        if (sent.Length != pattern.PathSegments.Count)
            return Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "The path has segments such as '..': send it as it is meant.");
        for (var i = 0; i < sent.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternParameterPart parameter])
                context.Request.RouteValues[parameter.Name] = Uri.UnescapeDataString(sent[i]);
        }

        return next(context);
    }

    /// <summary>A request's path as it was sent: nothing is decoded.</summary>
    public static string Sent(HttpContext context) => Sent(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

    internal static string Sent(string target)
    {
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        // RFC 9112 §3.2.2: a proxy's form, with scheme and host; a path may be missing there.
        var authority = path.StartsWith('/') ? -1 : path.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
            return path;
        var start = path.IndexOf('/', authority + 3);
        return start < 0 ? "/" : path[start..];
    }
}
