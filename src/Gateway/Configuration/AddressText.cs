using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Configuration;

/// <summary>Addresses to listen on: <c>IP:port</c> or <c>[IPv6]:port</c>.</summary>
internal static class AddressText
{
    public const string Example = "an IP address and a port, such as 127.0.0.1:8081, 0.0.0.0:8080 or [::]:8080";

    /// <summary>
    /// Stricter than <see cref="IPEndPoint.TryParse(string, out IPEndPoint)"/>, which takes a missing port for 0 and "8080" for the
    /// address 0.0.31.144.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? address)
    {
        address = null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || colon == text.Length - 1)
            return false;
        var host = text.AsSpan(0, colon);
        var isV6 = host[0] == '[' && host[^1] == ']';
        var isV4 = host.Count('.') == 3 && !host.Contains(':');
        return (isV4 || isV6) && IPEndPoint.TryParse(text, out address);
    }

    /// <summary>Whether the kernel would refuse to let both listen: the same port, on the same address or one that includes it.</summary>
    public static bool Overlap(IPEndPoint a, IPEndPoint b) =>
        a.Port != 0 && a.Port == b.Port && (Includes(a.Address, b.Address) || Includes(b.Address, a.Address));

    private static bool Includes(IPAddress wide, IPAddress narrow) =>
        wide.Equals(narrow)
        || wide.Equals(IPAddress.IPv6Any) // dual stack: IPv4 as well
        || (wide.Equals(IPAddress.Any) && narrow.AddressFamily == AddressFamily.InterNetwork);
}
