using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Gateway.Core.Channels;

namespace Gateway.Core.Protocols.Plain;

/// <summary>The channel list in a plain URL: split on commas first, then each name percent-decoded (RFC 3986 §2.1).</summary>
internal static class PlainPath
{
    public static bool TryParse(string list, [NotNullWhen(true)] out IReadOnlyList<ChannelName>? names)
    {
        names = null;
        var distinct = new HashSet<ChannelName>(ChannelNameComparer.Instance);
        var inOrder = new List<ChannelName>();
        foreach (var part in list.Split(','))
        {
            if (Decode(part) is not { } utf8 || !ChannelName.TryParse(utf8, out var name))
                return false;
            if (distinct.Add(name))
                inOrder.Add(name);
        }

        names = inOrder;
        return true;
    }

    private static byte[]? Decode(string part)
    {
        var encoded = Encoding.UTF8.GetBytes(part);
        var decoded = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != (byte)'%')
            {
                decoded.Add(encoded[i]);
                continue;
            }

            if (i + 2 >= encoded.Length || !byte.TryParse(encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                return null;
            decoded.Add(value);
            i += 2;
        }

        return [.. decoded];
    }
}
