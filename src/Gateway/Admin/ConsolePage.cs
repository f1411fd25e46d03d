using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Gateway.Admin;

/// <summary>Marks the console's files: a shell without content of its own, served without the key so that it can ask for it.</summary>
internal sealed class ConsoleShell
{
    public static readonly ConsoleShell Instance = new();
}

/// <summary>The console: static files that are part of the program, so that it works without a network.</summary>
internal static class ConsolePage
{
    // What the project file embeds: Console/index.html, Console/vendor/… and, as Console/gateway.js and Console/lib/…, the JavaScript client.
    private const string Folder = "Console/";

    // Nothing from elsewhere, no inline script or style; WebSockets to any address, since the client endpoint is another origin.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var name in Assembly.GetExecutingAssembly().GetManifestResourceNames())
        {
            // Built on Windows, a folder's name ends in a backslash.
            if (name.StartsWith(Folder, StringComparison.Ordinal))
                MapFile(routes, name[Folder.Length..].Replace('\\', '/'), Read(name));
        }
    }

    private static void MapFile(IEndpointRouteBuilder routes, string file, byte[] bytes)
    {
        var contentType = ContentType(file);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexString(SHA256.HashData(bytes), 0, 8)}\"");
        routes.MapGet(file == "index.html" ? "/" : "/" + file, (HttpContext context) =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = Policy;
                headers.XContentTypeOptions = "nosniff";
                headers.CacheControl = "no-cache"; // asked for again each time, by its tag
                headers["Referrer-Policy"] = "no-referrer";
                return TypedResults.Bytes(bytes, contentType, entityTag: tag);
            })
            .WithMetadata(ConsoleShell.Instance)
            .ExcludeFromDescription();
    }

    private static string ContentType(string file) => Path.GetExtension(file) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        _ => "text/javascript; charset=utf-8",
    };

    private static byte[] Read(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
