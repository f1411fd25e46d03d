using Gateway.Core.Handshake;

namespace Gateway.Core.Tests.Handshake;

/// <summary>What is answered to offers of permessage-deflate, RFC 7692 §5 and §7.1.</summary>
public class DeflateAgreementTests
{
    private const string Both = "; server_no_context_takeover; client_no_context_takeover";

    [Theory]
    // §7.1's and §7.1.3's own.
    [InlineData("permessage-deflate", "")]
    [InlineData("permessage-deflate; client_max_window_bits; server_max_window_bits=10", "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate; client_max_window_bits", "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_no_context_takeover", "; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover", "; client_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover; server_no_context_takeover", Both)]
    [InlineData("permessage-deflate; client_max_window_bits", "")]
    [InlineData("permessage-deflate; client_max_window_bits=15", "; client_max_window_bits=15")]
    [InlineData("permessage-deflate; client_max_window_bits=9", "; client_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits=8", "; client_max_window_bits=8")]
    [InlineData("permessage-deflate; client_max_window_bits=\"10\"", "; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=15", "; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=9", "; server_max_window_bits=9")]
    [InlineData("permessage-deflate; server_max_window_bits=\"\\1\\2\"", "; server_max_window_bits=12")]
    // Others are passed over.
    [InlineData("x-webkit-deflate-frame, permessage-deflate", "")]
    [InlineData("mux; max-channels=4, permessage-bzip2; x=1, permessage-deflate; server_no_context_takeover", "; server_no_context_takeover")]
    // The first that can be accepted.
    [InlineData("permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=9", "; server_max_window_bits=9")]
    [InlineData("permessage-deflate; nonsense, permessage-deflate", "")]
    [InlineData("permessage-deflate; server_no_context_takeover, permessage-deflate", "; server_no_context_takeover")]
    public void Offer_WhereHistoryIsAllowed_IsAnsweredInTheClientsTerms(string offer, string response) =>
        Assert.Equal("permessage-deflate" + response, Answer(offer, allowsContextTakeover: true));

    [Theory]
    [InlineData("permessage-deflate", "")]
    [InlineData("permessage-deflate; client_max_window_bits", "")]
    [InlineData("permessage-deflate; server_no_context_takeover", "")]
    [InlineData("permessage-deflate; client_no_context_takeover", "")]
    [InlineData("permessage-deflate; server_max_window_bits=10; client_max_window_bits=12", "; server_max_window_bits=10; client_max_window_bits=12")]
    public void Offer_WhereNoneIsAllowed_IsAnsweredWithoutContextTakeover(string offer, string rest) =>
        Assert.Equal("permessage-deflate" + Both + rest, Answer(offer));

    [Theory]
    [InlineData("permessage-deflate", "; server_max_window_bits=11")]
    [InlineData("permessage-deflate; server_max_window_bits=12", "; server_max_window_bits=11")]
    [InlineData("permessage-deflate; server_max_window_bits=10", "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits", "; server_max_window_bits=11; client_max_window_bits=11")]
    [InlineData("permessage-deflate; client_max_window_bits=9", "; server_max_window_bits=11; client_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits=15", "; server_max_window_bits=11; client_max_window_bits=11")]
    public void Offer_WhereWindowsAreSmall_LimitsWhatItMay(string offer, string response) =>
        Assert.Equal("permessage-deflate" + response, Answer(offer, allowsContextTakeover: true, windowBits: 11));

    [Theory]
    // §7: not defined for an offer.
    [InlineData("permessage-deflate; x")]
    [InlineData("permessage-deflate; x=1")]
    [InlineData("permessage-deflate; Server_no_context_takeover")]
    // §7.1.1: no value.
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover=true")]
    [InlineData("permessage-deflate; client_no_context_takeover=\"1\"")]
    // §7.1.2.1: a value.
    [InlineData("permessage-deflate; server_max_window_bits")]
    // §7.1.2: 8 to 15, no leading zeros.
    [InlineData("permessage-deflate; server_max_window_bits=0")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=08")]
    [InlineData("permessage-deflate; server_max_window_bits=010")]
    [InlineData("permessage-deflate; server_max_window_bits=+10")]
    [InlineData("permessage-deflate; server_max_window_bits=-10")]
    [InlineData("permessage-deflate; server_max_window_bits=1.0")]
    [InlineData("permessage-deflate; server_max_window_bits=0xA")]
    [InlineData("permessage-deflate; server_max_window_bits=10a")]
    [InlineData("permessage-deflate; server_max_window_bits=4294967306")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=09")]
    [InlineData("permessage-deflate; client_max_window_bits=\"08\"")]
    // §7: the same name twice.
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=10; client_max_window_bits")]
    // zlib has no raw window of 8 bits.
    [InlineData("permessage-deflate; server_max_window_bits=8")]
    // Nothing of it.
    [InlineData("permessage-bzip2")]
    [InlineData("PERMESSAGE-DEFLATE")]
    [InlineData("")]
    [InlineData(null)]
    public void Offer_ThatCannotBeAccepted_IsDeclined(string? offer)
    {
        Assert.Null(Answer(offer));
        Assert.Null(Answer(offer, allowsContextTakeover: true));
        Assert.Equal(
            "permessage-deflate", Answer(offer is null or "" ? "permessage-deflate" : offer + ", permessage-deflate", allowsContextTakeover: true));
    }

    private static string? Answer(string? offer, bool allowsContextTakeover = false, int windowBits = 15)
    {
        var offers = new List<ExtensionOffer>();
        Assert.True(ExtensionOffer.TryParseList(System.Text.Encoding.Latin1.GetBytes(offer ?? ""), offers));
        return DeflateAgreement.Negotiate(offers, allowsContextTakeover, windowBits)?.Response;
    }
}
