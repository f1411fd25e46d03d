using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Core.Addresses;

/// <summary>The networks whose word about a client's address is taken.</summary>
internal sealed class TrustedNetworks
{
    private readonly IPNetwork[] _networks;

    /// <param name="networks">As <see cref="TryParse"/> reads them; empty ones are passed over.</param>
    public TrustedNetworks(IEnumerable<string> networks) =>
        _networks = [.. networks.Where(text => text.Length > 0).Select(text => TryParse(text, out var network) ? network : throw new FormatException(text))];

    public bool IsEmpty => _networks.Length == 0;

    /// <summary>
    /// Whether they hold half of all IPv4 addresses or more, or half of the IPv6 ones that are in use (2000::/3, RFC 4291 §2.4), by one network or
    /// by many: nobody has so many proxies.
    /// </summary>
    public bool HoldMostAddresses => Share(AddressFamily.InterNetwork) >= 0.5 || Share(AddressFamily.InterNetworkV6) >= 0.5;

    public bool Contain(EndPoint? peer) => peer is IPEndPoint { Address: var address } && Contain(address);

    public bool Contain(IPAddress address)
    {
        address = IpText.Unmap(address);
        foreach (var network in _networks)
        {
            if (network.Contains(address))
                return true;
        }

        return false;
    }

    /// <summary>The share of a family's addresses that they hold together. Two networks overlap only where one holds the other.</summary>
    private double Share(AddressFamily family)
    {
        var own = Array.FindAll(_networks, network => network.BaseAddress.AddressFamily == family);
        var share = 0d;
        for (var i = 0; i < own.Length; i++)
        {
            var isHeld = false;
            for (var j = 0; j < own.Length && !isHeld; j++)
                isHeld = i != j && own[j].Contains(own[i].BaseAddress) && (own[j].PrefixLength < own[i].PrefixLength || (own[j].PrefixLength == own[i].PrefixLength && j < i));
            if (!isHeld)
                share += ShareOf(own[i]);
        }

        return share;
    }

    private static double ShareOf(IPNetwork network)
    {
        if (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
            return Math.Pow(2, -network.PrefixLength);
        var global = IPNetwork.Parse("2000::/3");
        if (network.PrefixLength <= global.PrefixLength)
            return network.Contains(global.BaseAddress) ? 1 : 0;
        return global.Contains(network.BaseAddress) ? Math.Pow(2, global.PrefixLength - network.PrefixLength) : 0;
    }

    /// <summary>A network in CIDR notation, or one address. Bits behind the prefix count for nothing.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = Encoding.UTF8.GetBytes(slash < 0 ? text : text[..slash]);
        if (!IpText.TryParseV4(address, out var parsed) && !IpText.TryParseV6(address, out parsed))
            return false;
        var bits = parsed.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (slash < 0)
        {
            network = new IPNetwork(parsed, bits);
            return true;
        }

        // ::ffff:10.0.0.0/104 means 10.0.0.0/8: addresses are compared unmapped.
        var isMapped = bits == 32 && text.Contains(':', StringComparison.Ordinal);
        return int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            && IPNetwork.TryParse($"{parsed}/{(isMapped ? prefix - 96 : prefix)}", out network);
    }
}
