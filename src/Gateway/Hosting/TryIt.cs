using System.Net;

namespace Gateway.Hosting;

/// <summary>Ready-made addresses and commands for a first try, of addresses one listens on.</summary>
internal static class TryIt
{
    /// <summary>A shell's WebSocket client on a URL.</summary>
    public static string Wscat(string url) =>
        // The certificate names a host, and hardly this address of it: checking would refuse it.
        $"npx wscat {(url.StartsWith("wss:", StringComparison.Ordinal) ? "--no-check " : "")}-c {Reachable(url)}";

    /// <summary>A URL one can connect to.</summary>
    public static string Reachable(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && IPAddress.TryParse(uri.Host, out var host) && IsAny(host)
            ? $"{uri.Scheme}://{new IPEndPoint(IPAddress.Loopback, uri.Port)}{uri.AbsolutePath.TrimEnd('/')}"
            : url;

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
