using System.Diagnostics.CodeAnalysis;
using System.Net;
using Gateway.Core.Addresses;

namespace Gateway.Core.Handshake;

/// <summary>
/// A hop as proxies write it, RFC 7239 §6: <c>192.0.2.43</c>, <c>192.0.2.43:47011</c>, <c>[2001:db8::17]</c>, <c>[2001:db8::17]:4711</c>,
/// and bare <c>2001:db8::17</c> as in <c>X-Forwarded-For</c>.
/// </summary>
internal static class ForwardedNode
{
    /// <summary>
    /// False: <c>unknown</c> (§6.2), an obfuscated identifier (§6.3) or no address at all. The port is 0 where none, or an obfuscated one, is
    /// told.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> node, [NotNullWhen(true)] out IPEndPoint? hop)
    {
        hop = null;
        var port = 0;
        IPAddress? address;
        if (node.StartsWith("["u8))
        {
            var end = node.IndexOf((byte)']');
            if (end < 0 || !IpText.TryParseV6(node[1..end], out address) || !TryParsePort(node[(end + 1)..], out port))
                return false;
        }
        else if (node.Count((byte)':') > 1)
        {
            if (!IpText.TryParseV6(node, out address))
                return false;
        }
        else
        {
            var colon = node.IndexOf((byte)':');
            var end = colon < 0 ? node.Length : colon;
            if (!IpText.TryParseV4(node[..end], out address) || !TryParsePort(node[end..], out port))
                return false;
        }

        hop = new IPEndPoint(address, port);
        return true;
    }

    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.IsEmpty)
            return true;
        // §6: obfport = "_" 1*(ALPHA / DIGIT / "." / "_" / "-")
        return text[0] == ':' && (text[1..].StartsWith("_"u8) ? HttpSyntax.IsToken(text[2..]) : IpText.TryParsePort(text[1..], out port));
    }
}
