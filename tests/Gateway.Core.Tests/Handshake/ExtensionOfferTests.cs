using System.Text;
using Gateway.Core.Handshake;

namespace Gateway.Core.Tests.Handshake;

/// <summary>The grammar of Sec-WebSocket-Extensions, RFC 6455 §9.1.</summary>
public class ExtensionOfferTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" , ,", "")]
    [InlineData("foo", "foo")]
    [InlineData("foo, bar; baz=2", "foo|bar;baz=2")] // §9.1's own
    [InlineData("deflate-stream", "deflate-stream")]
    [InlineData("mux; max-channels=4; flow-control, deflate-stream", "mux;max-channels=4;flow-control|deflate-stream")]
    [InlineData("private-extension", "private-extension")]
    [InlineData("foo;bar=\"2\"", "foo;bar=2")]
    [InlineData("foo ; bar = \"a\\b\" , baz", "foo;bar=ab|baz")]
    [InlineData("\tfoo\t;\tbar\t,\tbaz\t", "foo;bar|baz")]
    [InlineData("a;b;b;b=1", "a;b;b;b=1")]
    public void List_ByTheGrammar_IsTakenApart(string value, string expected) => Assert.Equal(expected, Parse(value));

    [Theory]
    [InlineData(";")]
    [InlineData("foo;")]
    [InlineData("foo;;bar")]
    [InlineData("=foo")]
    [InlineData("foo=1")]
    [InlineData("foo bar")]
    [InlineData("foo; bar baz")]
    [InlineData("foo; =1")]
    [InlineData("foo; bar=")]
    [InlineData("foo; bar=,")]
    [InlineData("foo; bar==1")]
    [InlineData("foo; bar=1=2")]
    [InlineData("foo; bar=\"")]
    [InlineData("foo; bar=\"a")]
    [InlineData("foo; bar=\"a\\")]
    [InlineData("foo; bar=\"a\\\"")]
    [InlineData("foo; bar=\"\"")] // not a token when unquoted
    [InlineData("foo; bar=\"a b\"")]
    [InlineData("foo; bar=\"a,b\"")]
    [InlineData("foo; bar=\"a\"b")]
    [InlineData("foo; bar='1 2'")]
    [InlineData("föö")]
    [InlineData("foo, (bar)")]
    public void List_AgainstTheGrammar_IsRefused(string value)
    {
        Assert.Null(Parse(value));

        var (request, refusal, _) = Requests.Read(Requests.With(add: "Sec-WebSocket-Extensions: " + value));
        Assert.Null(request);
        Assert.Equal(400, refusal!.Status);
        Assert.Contains("RFC 6455 9.1", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_Several_AreOneList()
    {
        var (request, _, _) = Requests.Read(Requests.With(add: "Sec-WebSocket-Extensions: foo\r\nsec-websocket-extensions: bar; baz=2"));

        Assert.Equal("foo|bar;baz=2", Text(request!.Offers));
    }

    [Theory]
    [InlineData(16, 16, true)]
    [InlineData(17, 1, false)]
    [InlineData(1, 17, false)]
    [InlineData(4000, 1, false)]
    public void List_OfManyOffersOrParameters_IsBounded(int offers, int parameters, bool isRead)
    {
        var offer = "a" + string.Concat(Enumerable.Repeat(";b", parameters));
        var list = string.Join(',', Enumerable.Repeat(offer, offers));

        Assert.Equal(isRead, Parse(list) is not null);
        // In several lines they are the same offers.
        var (_, refusal, _) = Requests.Read(Requests.With(add: string.Join("\r\n", Enumerable.Repeat("Sec-WebSocket-Extensions: " + offer, Math.Min(offers, 80)))));
        Assert.Equal(isRead ? null : 400, refusal?.Status);
    }

    private static string? Parse(string value)
    {
        var offers = new List<ExtensionOffer>();
        return ExtensionOffer.TryParseList(Encoding.Latin1.GetBytes(value), offers)
            ? Text(offers)
            : null;
    }

    private static string Text(IEnumerable<ExtensionOffer> offers) =>
        string.Join('|', offers.Select(offer => offer.Name + string.Concat(offer.Parameters.Select(p => $";{p.Key}{(p.Value is null ? "" : "=" + p.Value)}"))));
}
