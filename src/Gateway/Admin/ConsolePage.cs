using System.Reflection;

namespace Gateway.Admin;

/// <summary>Marks the console's files: a shell without content of its own, served without the key so that it can ask for it.</summary>
internal sealed class ConsoleShell
{
    public static readonly ConsoleShell Instance = new();
}

/// <summary>The console: static files that are part of the program, so that it works without a network.</summary>
internal static class ConsolePage
{
    // Nothing from elsewhere, no inline script; WebSockets to any address, since the client endpoint is another origin.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapFile(routes, "/", "index.html", "text/html; charset=utf-8");
        MapFile(routes, "/console.css", "console.css", "text/css; charset=utf-8");
        MapFile(routes, "/console.js", "console.js", "text/javascript; charset=utf-8");
    }

    private static void MapFile(IEndpointRouteBuilder routes, string path, string file, string contentType)
    {
        var bytes = Read(file);
        routes.MapGet(path, (HttpContext context) =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = Policy;
                headers.XContentTypeOptions = "nosniff";
                headers.CacheControl = "no-cache";
                headers["Referrer-Policy"] = "no-referrer";
                return TypedResults.Bytes(bytes, contentType);
            })
            .WithMetadata(ConsoleShell.Instance)
            .ExcludeFromDescription();
    }

    private static byte[] Read(string file)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("Console/" + file)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
