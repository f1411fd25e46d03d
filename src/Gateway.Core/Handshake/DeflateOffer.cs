using System.Globalization;

namespace Gateway.Core.Handshake;

/// <summary>What a client offers of permessage-deflate, RFC 7692 §7.1.</summary>
internal sealed record DeflateOffer
{
    public const string ExtensionName = "permessage-deflate";

    public const string ServerNoContextTakeoverName = "server_no_context_takeover";
    public const string ClientNoContextTakeoverName = "client_no_context_takeover";
    public const string ServerMaxWindowBitsName = "server_max_window_bits";
    public const string ClientMaxWindowBitsName = "client_max_window_bits";

    /// <summary>§7.1.1.1: the server must not refer to earlier messages.</summary>
    public bool ServerNoContextTakeover { get; private set; }

    /// <summary>§7.1.1.2: the client does not, whether the server asks for it or not.</summary>
    public bool ClientNoContextTakeover { get; private set; }

    /// <summary>§7.1.2.1: the server's window must not be larger; 15 when the client does not say.</summary>
    public int? ServerMaxWindowBits { get; private set; }

    /// <summary>§7.1.2.2: the server may limit the client's window.</summary>
    public bool TakesClientMaxWindowBits { get; private set; }

    /// <summary>§7.1.2.2: the client's window is not larger, whether the server asks for it or not.</summary>
    public int? ClientMaxWindowBits { get; private set; }

    /// <summary>
    /// Reads an offer; null when it has to be declined: a parameter that is not defined for an offer, has a value that is not, or comes
    /// twice (§7).
    /// </summary>
    public static DeflateOffer? TryRead(ExtensionOffer extension)
    {
        var offer = new DeflateOffer();
        foreach (var (name, value) in extension.Parameters)
        {
            if (!offer.TryAdd(name, value))
                return null;
        }

        return offer;
    }

    private bool TryAdd(string name, string? value)
    {
        int bits;
        switch (name)
        {
            case ServerNoContextTakeoverName when value is null && !ServerNoContextTakeover:
                ServerNoContextTakeover = true;
                return true;
            case ClientNoContextTakeoverName when value is null && !ClientNoContextTakeover:
                ClientNoContextTakeover = true;
                return true;
            case ServerMaxWindowBitsName when ServerMaxWindowBits is null && TryReadBits(value, out bits):
                ServerMaxWindowBits = bits;
                return true;
            case ClientMaxWindowBitsName when !TakesClientMaxWindowBits && value is null:
                TakesClientMaxWindowBits = true;
                return true;
            case ClientMaxWindowBitsName when !TakesClientMaxWindowBits && TryReadBits(value, out bits):
                TakesClientMaxWindowBits = true;
                ClientMaxWindowBits = bits;
                return true;
            default:
                return false;
        }
    }

    /// <summary>§7.1.2: a decimal integer from 8 to 15 without leading zeros.</summary>
    private static bool TryReadBits(string? value, out int bits)
    {
        bits = 0;
        return value is not (null or ['0', ..])
            && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out bits)
            && bits is >= 8 and <= 15;
    }
}
