using System.Net;
using System.Text;
using Gateway.Core.Addresses;
using Gateway.Core.Options;

namespace Gateway.Core.Handshake;

/// <summary>
/// Finds the client behind trusted proxies. A header is believed from the right, for as long as the hop that wrote it is trusted: the
/// client is the first hop that is not. What stands to the left of it the client may have made up.
/// </summary>
internal sealed class Forwarding(TrustedNetworks trusted, ForwardedHeader header)
{
    // A chain of proxies has three or four; who sends more trusted ones sends them to be read.
    private const int MaxHops = 32;

    /// <summary>Whether any proxy's word counts.</summary>
    public bool IsUsed => header != ForwardedHeader.None && !trusted.IsEmpty;

    /// <summary>The client. Null: it is <paramref name="peer"/>, as far as anybody trustworthy says.</summary>
    public IPEndPoint? Find(UpgradeRequest request, EndPoint? peer)
    {
        if (!IsUsed || !trusted.Contain(peer))
            return null;
        var old = header == ForwardedHeader.Forwarded ? null : request.Header("X-Forwarded-For");
        var standard = header == ForwardedHeader.XForwardedFor ? null : request.Header("Forwarded");
        var fromOld = old is null ? null : Walk(Encoding.Latin1.GetBytes(old), isStandard: false);
        var fromStandard = standard is null ? null : Walk(Encoding.Latin1.GetBytes(standard), isStandard: true);
        if (old is null || standard is null)
            return fromOld ?? fromStandard;

        // One of the two may be the client's own invention, passed on by a proxy that does not know it.
        if (fromOld is null || fromStandard is null || !fromOld.Address.Equals(fromStandard.Address))
            return null;
        return fromStandard.Port > 0 ? fromStandard : fromOld;
    }

    private IPEndPoint? Walk(ReadOnlySpan<byte> list, bool isStandard)
    {
        IPEndPoint? hop = null;
        for (var hops = 1; ForwardedElements.TryTakeLast(ref list, out var node); hops++)
        {
            if (hops > MaxHops)
                return null;
            if ((isStandard && !ForwardedElements.TryReadFor(node, out node)) || !ForwardedNode.TryParse(node, out hop))
                return null;
            if (!trusted.Contain(hop))
                return hop;
        }

        return hop; // trusted all the way: the one farthest away
    }
}
