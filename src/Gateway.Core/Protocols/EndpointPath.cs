namespace Gateway.Core.Protocols;

/// <summary>
/// A request's path as the endpoints know it: behind the base path, and without a slash at the end, as client libraries and proxies add it. Whoever
/// means a channel's name that ends with one writes it as <c>%2F</c>.
/// </summary>
internal static class EndpointPath
{
    /// <summary>Empty: the endpoint at the base path itself. Null: the path is not below it.</summary>
    /// <param name="path">Not decoded; begins with <c>/</c>.</param>
    /// <param name="basePath">Empty, or begins with a slash and does not end with one.</param>
    public static string? Below(string path, string basePath)
    {
        if (!path.StartsWith(basePath, StringComparison.Ordinal))
            return null;
        var end = path.EndsWith('/') ? path.Length - 1 : path.Length;
        return path[basePath.Length..Math.Max(end, basePath.Length)];
    }
}
