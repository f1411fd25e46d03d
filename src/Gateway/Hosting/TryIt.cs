using System.Net;

namespace Gateway.Hosting;

/// <summary>Addresses one can connect to, of addresses one listens on.</summary>
internal static class TryIt
{
    public static string Reachable(IPEndPoint address) =>
        (IsAny(address.Address) ? new IPEndPoint(IPAddress.Loopback, address.Port) : address).ToString();

    public static string Reachable(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && IPAddress.TryParse(uri.Host, out var host) && IsAny(host)
            ? $"{uri.Scheme}://{new IPEndPoint(IPAddress.Loopback, uri.Port)}"
            : url;

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
