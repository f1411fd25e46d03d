using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Core.Addresses;

/// <summary>
/// IP addresses and ports as a peer writes them, read strictly: <see cref="IPAddress.TryParse(string, out IPAddress)"/> also takes
/// <c>1</c>, <c>0x7f.1</c>, octal digits, brackets and zones, and two programs that read an address differently disagree about who a
/// client is.
/// </summary>
internal static class IpText
{
    private static readonly SearchValues<byte> V6Bytes = SearchValues.Create("0123456789ABCDEFabcdef:."u8);

    /// <summary>Four decimal numbers without leading zeros.</summary>
    public static bool TryParseV4(ReadOnlySpan<byte> text, [NotNullWhen(true)] out IPAddress? address)
    {
        Span<byte> canonical = stackalloc byte[15];
        return IPAddress.TryParse(text, out address)
            && address.AddressFamily == AddressFamily.InterNetwork
            && address.TryFormat(canonical, out var length)
            && text.SequenceEqual(canonical[..length]);
    }

    /// <summary>RFC 4291 §2.2, without a zone. An IPv4 address that is mapped (<c>::ffff:192.0.2.1</c>) comes out as itself.</summary>
    public static bool TryParseV6(ReadOnlySpan<byte> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.ContainsAnyExcept(V6Bytes) || !IPAddress.TryParse(text, out address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        address = Unmap(address);
        return true;
    }

    /// <summary>0 to 65535 without leading zeros.</summary>
    public static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        var isPort = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        port = value;
        return isPort && (text[0] != '0' || text.Length == 1);
    }

    /// <summary>For people: without a port that is not known.</summary>
    public static string? Format(EndPoint? endPoint) =>
        endPoint is IPEndPoint { Port: 0 } unknown ? unknown.Address.ToString() : endPoint?.ToString();

    /// <summary>A dual-stack socket sees IPv4 clients at mapped addresses.</summary>
    public static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
