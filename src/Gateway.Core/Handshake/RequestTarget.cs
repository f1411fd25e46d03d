using System.Buffers;
using System.Text;

namespace Gateway.Core.Handshake;

/// <summary>A request's target in the forms that name a resource, RFC 9112 §3.2.1 and §3.2.2, taken apart and not decoded.</summary>
internal readonly ref struct RequestTarget
{
    // RFC 3986 §3.2.2: unreserved, sub-delims and percent signs.
    private static readonly SearchValues<byte> RegNameBytes =
        SearchValues.Create("-._~!$&'()*+,;=%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Ipv6Bytes = SearchValues.Create("0123456789ABCDEFabcdef:."u8);

    private RequestTarget(ReadOnlySpan<byte> host, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query)
    {
        Host = host;
        Path = path;
        Query = query;
    }

    /// <summary>The authority of the absolute form; empty in the origin form.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>Begins with <c>/</c>.</summary>
    public ReadOnlySpan<byte> Path { get; }

    public ReadOnlySpan<byte> Query { get; }

    public static bool TryParse(ReadOnlySpan<byte> target, out RequestTarget parsed)
    {
        parsed = default;
        ReadOnlySpan<byte> host = default;
        if (target[0] != '/' && !TryTakeAuthority(ref target, out host))
            return false;

        var mark = target.IndexOf((byte)'?');
        var path = mark < 0 ? target : target[..mark];
        parsed = new RequestTarget(host, path.IsEmpty ? "/"u8 : path, mark < 0 ? default : target[(mark + 1)..]);
        return true;
    }

    /// <summary>
    /// Whether this is a host that is not empty, with or without a port (RFC 9110 §7.2; an empty one is refused by §4.2.1).
    /// </summary>
    public static bool IsHost(ReadOnlySpan<byte> value)
    {
        int end;
        if (value.StartsWith("["u8))
        {
            end = value.IndexOf((byte)']') + 1;
            if (end < 4 || value[1..(end - 1)].ContainsAnyExcept(Ipv6Bytes))
                return false;
        }
        else
        {
            end = value.IndexOf((byte)':');
            if (end < 0)
                end = value.Length;
            if (end == 0 || value[..end].ContainsAnyExcept(RegNameBytes))
                return false;
        }

        var port = value[end..];
        return port.IsEmpty || (port[0] == ':' && !port[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    private static bool TryTakeAuthority(scoped ref ReadOnlySpan<byte> target, out ReadOnlySpan<byte> host)
    {
        host = default;
        var scheme = target.IndexOf("://"u8);
        if (scheme < 0)
            return false;
        var name = target[..scheme];
        var isKnown = Ascii.EqualsIgnoreCase(name, "http"u8) || Ascii.EqualsIgnoreCase(name, "https"u8)
            || Ascii.EqualsIgnoreCase(name, "ws"u8) || Ascii.EqualsIgnoreCase(name, "wss"u8);
        if (!isKnown)
            return false;

        var rest = target[(scheme + 3)..];
        var end = rest.IndexOfAny((byte)'/', (byte)'?');
        host = end < 0 ? rest : rest[..end];
        target = end < 0 ? default : rest[end..];
        return IsHost(host);
    }
}
