using System.Net;
using Gateway.Core.Options;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("[::]:8080", true, "[::]:8080")]
    [InlineData("[::]:8080", false, "0.0.0.0:8080")]
    [InlineData("[::1]:8080", false, "[::1]:8080")]
    [InlineData("[2001:db8::1]:8080", false, "[2001:db8::1]:8080")]
    [InlineData("0.0.0.0:8080", true, "0.0.0.0:8080")]
    [InlineData("0.0.0.0:8080", false, "0.0.0.0:8080")]
    [InlineData("127.0.0.1:0", false, "127.0.0.1:0")]
    public void Address_WithAndWithoutIPv6_IsWhatItMeansThere(string wish, bool hasIPv6, string expected) =>
        Assert.Equal(IPEndPoint.Parse(expected), ListenAddress.Of(IPEndPoint.Parse(wish), hasIPv6));

    [Fact]
    public void Socket_OfAllAddressesWithoutIPv6_IsOneOfIPv4()
    {
        using var socket = ListeningSocket.Open(new IPEndPoint(IPAddress.IPv6Any, 0), "Gateway:Endpoints:3:Address", new TransportOptions(), hasIPv6: false);

        Assert.Equal(IPAddress.Any, ((IPEndPoint)socket.LocalEndPoint!).Address);
    }

    [Fact]
    public void Socket_OfAnIPv6AddressWithoutIPv6_NamesItsOwnOption()
    {
        var error = Assert.Throws<ListenException>(() =>
            ListeningSocket.Open(new IPEndPoint(IPAddress.IPv6Loopback, 8080), "Gateway:Endpoints:3:Address", new TransportOptions(), hasIPv6: false));

        Assert.Contains("[::1]:8080", error.Message, StringComparison.Ordinal);
        Assert.Contains("no IPv6. Set Gateway:Endpoints:3:Address", error.Message, StringComparison.Ordinal);
    }
}
