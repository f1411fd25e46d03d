using System.Text;

namespace Gateway.Core.Handshake;

/// <summary>
/// The elements of <c>Forwarded</c> (RFC 7239 §4) and <c>X-Forwarded-For</c>, taken from the right: what stands there the nearest proxy has
/// written, and what a client has sent, however broken, stands to its left and cannot change how it is read.
/// </summary>
internal static class ForwardedElements
{
    // RFC 7239 §4 has four, and proxies add one or two of their own; who sends more sends them to be read.
    private const int MaxParameters = 16;

    /// <summary>Takes the last element off a list; empty ones are passed over.</summary>
    public static bool TryTakeLast(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> element)
    {
        list = list.TrimEnd(", \t"u8);
        var comma = LastOutsideQuotes(list, (byte)',');
        element = HttpSyntax.Trim(list[(comma + 1)..]);
        list = comma < 0 ? default : list[..comma];
        return !element.IsEmpty;
    }

    /// <summary>The node of <c>for</c>, without its quotes. False: it is not told, told twice, not told properly, or among too many others.</summary>
    public static bool TryReadFor(ReadOnlySpan<byte> element, out ReadOnlySpan<byte> node)
    {
        node = default;
        // No address needs an escape; with one, quotes would have to be counted otherwise.
        if (element.Contains((byte)'\\'))
            return false;
        var isFound = false;
        var parameters = 0;
        for (var rest = element; !rest.IsEmpty; parameters++)
        {
            if (parameters == MaxParameters)
                return false;
            var semicolon = LastOutsideQuotes(rest, (byte)';');
            var pair = HttpSyntax.Trim(rest[(semicolon + 1)..]);
            rest = semicolon < 0 ? default : rest[..semicolon];
            var equals = pair.IndexOf((byte)'=');
            // §4: "Each parameter MUST NOT occur more than once per field-value" element; names are case-insensitive.
            if (equals < 0 || !Ascii.EqualsIgnoreCase(pair[..equals], "for"u8))
                continue;
            if (isFound || !TryUnquote(pair[(equals + 1)..], out node))
                return false;
            isFound = true;
        }

        return isFound;
    }

    private static bool TryUnquote(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> text)
    {
        text = value;
        if (!value.StartsWith("\""u8))
            return !value.Contains((byte)'"');
        if (value.Length < 2 || !value.EndsWith("\""u8))
            return false;
        text = value[1..^1];
        return !text.Contains((byte)'"');
    }

    private static int LastOutsideQuotes(ReadOnlySpan<byte> text, byte separator)
    {
        var isQuoted = false;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (text[i] == separator && !isQuoted)
                return i;
        }

        return -1;
    }
}
