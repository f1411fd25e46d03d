using System.Net;
using Gateway.Core.Addresses;
using Gateway.Core.Handshake;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Handshake;

/// <summary>RFC 7239 and <c>X-Forwarded-For</c>: whose word is taken, and how it is read.</summary>
public class ForwardingTests
{
    private static readonly string[] Trusted = ["10.0.0.0/8", "2001:db8:aaaa::/48"];

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9:0")]
    [InlineData("203.0.113.9:4711", "203.0.113.9:4711")]
    [InlineData("2001:db8::17", "[2001:db8::17]:0")]
    [InlineData("[2001:db8::17]", "[2001:db8::17]:0")]
    [InlineData("[2001:DB8::17]:4711", "[2001:db8::17]:4711")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9:0")]
    [InlineData("6.6.6.6, 203.0.113.9", "203.0.113.9:0")] // made up by the client
    [InlineData("203.0.113.9, 10.1.1.1, 10.2.2.2", "203.0.113.9:0")]
    [InlineData("6.6.6.6, 203.0.113.9,10.1.1.1 , , [2001:db8:aaaa::1]:80", "203.0.113.9:0")]
    [InlineData("garbage\", \\, 203.0.113.9", "203.0.113.9:0")]
    [InlineData("10.3.3.3, 10.1.1.1", "10.3.3.3:0")] // a client within
    [InlineData("203.0.113.9, unknown", null)]
    [InlineData("203.0.113.9, _hidden, 10.1.1.1", null)]
    [InlineData("unknown, 10.1.1.1", null)]
    [InlineData("", null)]
    [InlineData(" , ,", null)]
    [InlineData("203.0.113.09", null)]
    [InlineData("203.0.113", null)]
    [InlineData("0x7f.0.0.1", null)]
    [InlineData("1", null)]
    [InlineData("203.0.113.9:", null)]
    [InlineData("203.0.113.9:65536", null)]
    [InlineData("203.0.113.9:080", null)]
    [InlineData("203.0.113.9:+80", null)]
    [InlineData("[2001:db8::17", null)]
    [InlineData("[2001:db8::17]4711", null)]
    [InlineData("[2001:db8::17%eth0]", null)]
    [InlineData("2001:db8::17%eth0", null)]
    [InlineData("fe80::1%2", null)]
    [InlineData("[203.0.113.9]", null)]
    [InlineData("203.0.113.9 203.0.113.10", null)]
    [InlineData("\"203.0.113.9\"", null)]
    [InlineData("for=203.0.113.9", null)]
    public void XForwardedFor_OfATrustedPeer_NamesTheClient(string value, string? client) => ExpectClient($"X-Forwarded-For: {value}", client);

    [Theory]
    [InlineData("for=203.0.113.9", "203.0.113.9:0")]
    [InlineData("For=203.0.113.9;proto=http;by=10.1.1.1", "203.0.113.9:0")]
    [InlineData("proto=http ; FOR=\"203.0.113.9:4711\"", "203.0.113.9:4711")]
    [InlineData("for=\"[2001:db8:cafe::17]:4711\"", "[2001:db8:cafe::17]:4711")]
    [InlineData("for=\"[2001:db8:cafe::17]\"", "[2001:db8:cafe::17]:0")]
    [InlineData("for=\"203.0.113.9:_port\"", "203.0.113.9:0")]
    [InlineData("for=203.0.113.9;host=\"a,b;c\", for=10.1.1.1;host=\"x,for=6.6.6.6\"", "203.0.113.9:0")]
    [InlineData("for=6.6.6.6, for=203.0.113.9, for=10.1.1.1", "203.0.113.9:0")]
    [InlineData("for=\", for=203.0.113.9", "203.0.113.9:0")] // the client's open quote hides nothing
    [InlineData("for=\"_gazonk\"", null)] // the RFC's own
    [InlineData("for=_SEVKISEK;proto=http", null)]
    [InlineData("for=unknown", null)]
    [InlineData("by=203.0.113.9", null)]
    [InlineData("203.0.113.9", null)]
    [InlineData("for=203.0.113.9;for=203.0.113.10", null)]
    [InlineData("for=\"203.0.113.9", null)]
    [InlineData("for=\"203.0.113.\\9\"", null)]
    [InlineData("a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;for=203.0.113.9", "203.0.113.9:0")] // as many parameters as are read
    [InlineData("for=203.0.113.9;a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p", null)]
    [InlineData("for=203.0.113.9\"", null)]
    [InlineData("for=\"203.0.113.9:_\"", null)]
    [InlineData("for", null)]
    [InlineData("for=", null)]
    public void Forwarded_OfATrustedPeer_NamesTheClient(string value, string? client) => ExpectClient($"Forwarded: {value}", client);

    [Theory]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\nx-forwarded-for: 203.0.113.9", "203.0.113.9:0")] // a proxy that adds a line of its own
    [InlineData("X-Forwarded-For: 203.0.113.9\r\nForwarded: for=\"203.0.113.9:4711\"", "203.0.113.9:4711")]
    [InlineData("X-Forwarded-For: 203.0.113.9:12\r\nForwarded: for=203.0.113.9", "203.0.113.9:12")]
    [InlineData("X-Forwarded-For: 203.0.113.9\r\nForwarded: for=6.6.6.6", null)]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\nForwarded: for=203.0.113.9", null)]
    [InlineData("X-Forwarded-For: 203.0.113.9\r\nForwarded: for=unknown", null)]
    public void TwoHeaders_ThatDisagree_AreBothIgnored(string headers, string? client) => ExpectClient(headers, client);

    [Theory]
    [InlineData(ForwardedHeader.XForwardedFor, "203.0.113.9:0")]
    [InlineData(ForwardedHeader.Forwarded, "203.0.113.7:0")]
    [InlineData(ForwardedHeader.None, null)]
    public void OneHeader_Chosen_IsTheOnlyOneRead(ForwardedHeader header, string? client) =>
        Assert.Equal(client, Find("X-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.7", header: header)?.ToString());

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("11.0.0.1")]
    [InlineData("2001:db8:aaab::1")]
    public void Header_OfAnotherPeer_IsIgnored(string peer) => Assert.Null(Find("X-Forwarded-For: 203.0.113.9", peer));

    [Theory]
    [InlineData("::ffff:10.1.2.3")] // as a dual-stack socket sees IPv4
    [InlineData("2001:db8:aaaa::1")]
    public void Header_OfATrustedPeerHoweverSeen_IsRead(string peer) => Assert.NotNull(Find("X-Forwarded-For: 203.0.113.9", peer));

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0/0", true)]
    [InlineData("10.0.0.1/8", true)]
    [InlineData("::ffff:10.0.0.0/95", false)]
    [InlineData("10/8", false)]
    [InlineData("1", false)]
    [InlineData("010.0.0.0/8", false)]
    [InlineData("fe80::1%2/64", false)]
    [InlineData("10.0.0.0/+8", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10.0.0.0/", false)]
    [InlineData("localhost", false)]
    [InlineData("", false)]
    public void Network_Text_IsReadOrNot(string text, bool isNetwork) => Assert.Equal(isNetwork, TrustedNetworks.TryParse(text, out _));

    [Fact]
    public void Network_OfMappedAddresses_HoldsThemAsIPv4() =>
        Assert.True(new TrustedNetworks(["::ffff:10.0.0.0/104"]).Contain(IPAddress.Parse("10.9.9.9")));

    private static void ExpectClient(string headers, string? client) => Assert.Equal(client, Find(headers)?.ToString());

    private static IPEndPoint? Find(string headers, string peer = "10.255.0.1", ForwardedHeader header = ForwardedHeader.Either)
    {
        var request = Requests.Read(Requests.With(add: headers)).Request!;
        return new Forwarding(new TrustedNetworks(Trusted), header).Find(request, new IPEndPoint(IPAddress.Parse(peer), 40000));
    }
}
