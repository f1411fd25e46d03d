using System.Net;
using Gateway.Core.Addresses;

namespace Gateway.Core.Transport;

/// <summary>Places for clients that are told why they are not taken: the node's, shared by its endpoints, and in part an address's.</summary>
/// <param name="maximum">Farewells at once: <see cref="DescriptorBudget.Farewells"/>.</param>
/// <param name="trusted">Proxies, whose address is that of many clients; null: none.</param>
internal sealed class FarewellPlaces(int maximum, TrustedNetworks? trusted = null)
{
    private readonly FairPlaces<object> _places = new(maximum, ShareOf(maximum));

    /// <summary>An eighth: an address whose clients stay as long as they can leaves the others enough.</summary>
    public static int ShareOf(int maximum) => Math.Max(1, maximum / 8);

    /// <summary>Null: there is none for this address. Pair with <see cref="Leave"/>.</summary>
    public FairPlaces<object>.Place? TryTake(EndPoint? client)
    {
        var place = new FairPlaces<object>.Place(this);
        if (_places.TryTake(place, trusted?.Contain(client) == true ? null : AddressKey.Of(client)))
            return place;
        _places.Leave(place); // nobody waits for one
        return null;
    }

    public void Leave(FairPlaces<object>.Place place) => _places.Leave(place);
}
