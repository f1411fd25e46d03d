using System.Buffers;
using System.Net;

namespace Gateway.Core.Addresses;

/// <summary>One of <c>Gateway:Auth:AllowedHosts</c>: a host's name, an address, or all names below a domain, such as <c>*.example.com</c>.</summary>
internal sealed class HostPattern
{
    private const string Wildcard = "*.";

    // RFC 3986 §3.2.2 allows more in a name; RFC 952 and 1123, and the underscore that some have.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly string _name; // without brackets, and without the dot that ends a full name
    private readonly bool _isSuffix; // the name begins with a dot then

    private HostPattern(string name, bool isSuffix) => (_name, _isSuffix) = (name, isSuffix);

    /// <summary>Null: it is none. A port has no meaning here: a name stands for all of its ports.</summary>
    public static HostPattern? TryParse(string text)
    {
        var isSuffix = text.StartsWith(Wildcard, StringComparison.Ordinal);
        var name = Bare(isSuffix ? text[Wildcard.Length..] : text);
        if (IPAddress.TryParse(name, out _))
            return isSuffix ? null : new HostPattern(name, isSuffix: false);
        return HostText.TryToAscii(name, out name) && name.Length > 0 && !name.StartsWith('.') && !name.AsSpan().ContainsAnyExcept(NameCharacters)
            ? new HostPattern(isSuffix ? "." + name : name, isSuffix)
            : null;
    }

    /// <summary>The domain itself is not below itself: whoever means both names both. Addresses are compared as they are written.</summary>
    /// <param name="host">A request's, without its port.</param>
    public bool Matches(string host)
    {
        var name = Bare(host);
        return _isSuffix
            ? name.Length > _name.Length && name.EndsWith(_name, StringComparison.OrdinalIgnoreCase)
            : name.Equals(_name, StringComparison.OrdinalIgnoreCase);
    }

    private static string Bare(string host) =>
        host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host.TrimEnd('.');
}
