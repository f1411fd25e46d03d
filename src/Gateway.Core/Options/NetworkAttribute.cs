using System.ComponentModel.DataAnnotations;
using Gateway.Core.Addresses;

namespace Gateway.Core.Options;

/// <summary>A network in CIDR notation, or one address; also an item of a list of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NetworkAttribute : ValidationAttribute
{
    /// <summary>Says what a network is.</summary>
    public NetworkAttribute() => ErrorMessage = "must be a network such as 10.0.0.0/8 or 2001:db8::/32, or an address";

    /// <summary>Whether these together hold half of all addresses or more; what is no network does not count.</summary>
    public static bool HoldMostAddresses(IEnumerable<string> networks) =>
        new TrustedNetworks(networks.Where(text => TrustedNetworks.TryParse(text, out _))).HoldMostAddresses;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string { Length: > 0 } text || TrustedNetworks.TryParse(text, out _);
}
