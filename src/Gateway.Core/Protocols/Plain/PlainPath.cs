using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Gateway.Core.Channels;

namespace Gateway.Core.Protocols.Plain;

/// <summary>The channel list in a plain URL: split on commas first, then each name percent-decoded (RFC 3986 §2.1).</summary>
internal static class PlainPath
{
    // A name as it stands in the URL, each byte of it as three.
    private const int MaxEncoded = 3 * ChannelName.MaxBytes;

    /// <summary>Reads the list; false: a name is none.</summary>
    /// <param name="list">ASCII, as it stands in the URL.</param>
    /// <param name="most">Of the names, each counted once.</param>
    /// <param name="names">Each once, in their order; null: there are more than may be, or one is none.</param>
    /// <param name="isTooLong">There are more than may be.</param>
    public static bool TryParse(ReadOnlySpan<char> list, int most, [NotNullWhen(true)] out IReadOnlyList<ChannelName>? names, out bool isTooLong)
    {
        names = null;
        isTooLong = false;
        var distinct = new HashSet<ChannelName>(ChannelNameComparer.Instance);
        var known = distinct.GetAlternateLookup<ReadOnlySpan<byte>>();
        var inOrder = new List<ChannelName>();
        Span<byte> utf8 = stackalloc byte[MaxEncoded];
        foreach (var part in list.Split(','))
        {
            if (!TryDecode(list[part], utf8, out var length))
                return false;
            if (known.Contains(utf8[..length]))
                continue;
            if (!ChannelName.TryParse(utf8[..length], out var name))
                return false;
            isTooLong = inOrder.Count == most;
            if (isTooLong)
                return false;
            distinct.Add(name);
            inOrder.Add(name);
        }

        names = inOrder;
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<char> part, Span<byte> decoded, out int length)
    {
        length = 0;
        if (part.Length > MaxEncoded)
            return false;
        while (!part.IsEmpty)
        {
            var escape = part.IndexOf('%');
            var plain = escape < 0 ? part : part[..escape];
            length += Encoding.Latin1.GetBytes(plain, decoded[length..]);
            if (escape < 0)
                return true;
            if (escape + 2 >= part.Length || !byte.TryParse(part.Slice(escape + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out decoded[length]))
                return false;
            length++;
            part = part[(escape + 3)..];
        }

        return true;
    }
}
