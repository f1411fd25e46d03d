using System.Globalization;
using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Core.Handshake;

/// <summary>What server and client agreed to about permessage-deflate: the response to an offer, RFC 7692 §7.1.</summary>
/// <param name="ServerNoContextTakeover">The server's messages do not refer to earlier ones.</param>
/// <param name="ClientNoContextTakeover">The client's do not.</param>
/// <param name="ServerWindowBits">The largest window of the server.</param>
/// <param name="ClientWindowBits">The largest window of the client.</param>
/// <param name="Response">The value of Sec-WebSocket-Extensions that says so.</param>
internal sealed record DeflateAgreement(
    bool ServerNoContextTakeover, bool ClientNoContextTakeover, int ServerWindowBits, int ClientWindowBits, string Response)
{
    /// <summary>Accepts the first offer that can be accepted; null: none can, or there is none.</summary>
    /// <param name="offers">All of the request's, of whatever extension.</param>
    /// <param name="allowsContextTakeover">Whether history may be kept for this client where it allows that.</param>
    /// <param name="windowBits">The largest window that is worth its memory here, 9 to 15.</param>
    public static DeflateAgreement? Negotiate(IReadOnlyList<ExtensionOffer> offers, bool allowsContextTakeover, int windowBits)
    {
        foreach (var extension in offers)
        {
            // §5.1: in the client's order of preference.
            if (extension.Name == DeflateOffer.ExtensionName
                && DeflateOffer.TryRead(extension) is { } offer
                && Accept(offer, allowsContextTakeover, windowBits) is { } agreement)
            {
                return agreement;
            }
        }

        return null;
    }

    private static DeflateAgreement? Accept(DeflateOffer offer, bool allowsContextTakeover, int windowBits)
    {
        // §7.1.2.1: one that the server cannot keep to is declined. zlib's raw deflate has no window of 8 bits.
        var serverBits = Math.Min(offer.ServerMaxWindowBits ?? Zlib.MaxWindowBits, windowBits);
        if (serverBits < Zlib.MinWindowBits)
            return null;

        // §7.1.2.2: the server must not limit a client that has not said that it can be limited. 8 costs nothing to allow: what was
        // compressed with a smaller window decompresses with a larger one.
        var hint = offer.ClientMaxWindowBits ?? Zlib.MaxWindowBits;
        var clientBits = offer.TakesClientMaxWindowBits ? Math.Min(hint, windowBits) : Zlib.MaxWindowBits;

        // §7.1.1.1 and §7.1.1.2: the server may say either, whatever the offer says.
        var serverForgets = offer.ServerNoContextTakeover || !allowsContextTakeover;
        var clientForgets = offer.ClientNoContextTakeover || !allowsContextTakeover;

        var response = new StringBuilder(DeflateOffer.ExtensionName);
        if (serverForgets)
            response.Append("; ").Append(DeflateOffer.ServerNoContextTakeoverName);
        if (clientForgets)
            response.Append("; ").Append(DeflateOffer.ClientNoContextTakeoverName);
        if (offer.ServerMaxWindowBits is not null || serverBits < Zlib.MaxWindowBits)
            response.Append(CultureInfo.InvariantCulture, $"; {DeflateOffer.ServerMaxWindowBitsName}={serverBits}");
        if (offer.ClientMaxWindowBits is not null || clientBits < Zlib.MaxWindowBits)
            response.Append(CultureInfo.InvariantCulture, $"; {DeflateOffer.ClientMaxWindowBitsName}={clientBits}");
        return new DeflateAgreement(serverForgets, clientForgets, serverBits, clientBits, response.ToString());
    }
}
