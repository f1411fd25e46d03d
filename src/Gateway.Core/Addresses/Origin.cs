using System.Buffers;
using System.Globalization;
using System.Net;

namespace Gateway.Core.Addresses;

/// <summary>A page's origin, RFC 6454 §4: scheme, host and port. Names keep their case and are compared without it.</summary>
/// <param name="Scheme">Such as <c>https</c>; <c>null</c> of a page that does not say which it is.</param>
/// <param name="Host">A name, or an address; an IPv6 one in brackets. Empty: it has none, as a page of a file.</param>
/// <param name="Port">The scheme's own where none is given.</param>
internal readonly record struct Origin(string Scheme, string Host, int Port)
{
    // RFC 3986 §3.1.
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> NoHostCharacters = SearchValues.Create("/?#@, \\");

    /// <summary>Of pages that do not say which they are, such as those in a sandboxed frame (RFC 6454 §6.2).</summary>
    public const string Opaque = "null";

    private const string File = "file";

    /// <summary>Whether it is this machine's.</summary>
    public bool IsLocal =>
        string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) // RFC 6761 §6.3
        || (IPAddress.TryParse(Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// RFC 6454 §6.2: scheme, <c>://</c>, host, and a port that is not the scheme's own. Nothing else, but a slash at the end, as Go's
    /// golang.org/x/net/websocket sends it: that is how a URL without a path is written.
    /// </summary>
    public static bool TryParse(string text, out Origin origin)
    {
        if (text == Opaque)
        {
            origin = new Origin(Opaque, "", 0);
            return true;
        }

        origin = default;
        var mark = text.IndexOf("://", StringComparison.Ordinal);
        if (mark <= 0 || text.AsSpan(0, mark).ContainsAnyExcept(SchemeCharacters))
            return false;
        var scheme = text[..mark].ToLowerInvariant();
        var authority = text[(mark + 3)..];
        if (authority.EndsWith('/'))
            authority = authority[..^1];
        var host = HostOf(authority);
        if ((host.Length == 0 && (scheme != File || authority.Length > 0)) || host.AsSpan().ContainsAny(NoHostCharacters))
            return false;
        var rest = authority.AsSpan(WrittenLength(authority));
        var port = scheme switch { "https" or "wss" => 443, "http" or "ws" => 80, _ => 0 };
        if (!rest.IsEmpty && (rest[0] != ':' || !int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535))
            return false;
        origin = new Origin(scheme, host, port);
        return true;
    }

    /// <summary>Without the port, and without the dot that ends a full name (RFC 1034 §3.1).</summary>
    public static string HostOf(string authority) => authority[..WrittenLength(authority)].TrimEnd('.');

    private static int WrittenLength(string authority)
    {
        var end = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) + 1 : authority.IndexOf(':', StringComparison.Ordinal);
        return end <= 0 ? authority.Length : end;
    }
}
