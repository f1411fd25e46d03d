using Gateway.Core.Options;

namespace Gateway.Core.Tests.Addresses;

public sealed class TrustedNetworksTests
{
    [Theory]
    [InlineData(true, "0.0.0.0/0")]
    [InlineData(true, "1.2.3.4/0")]
    [InlineData(true, "0.0.0.0/1", "128.0.0.0/1")]
    [InlineData(true, "0.0.0.0/1")]
    [InlineData(true, "0.0.0.0/2", "64.0.0.0/2")]
    [InlineData(true, "0.0.0.0/3", "32.0.0.0/3", "64.0.0.0/3", "96.0.0.0/4", "112.0.0.0/4")]
    [InlineData(true, "::ffff:0.0.0.0/96")] // 0.0.0.0/0, as it looks on a socket of both kinds
    [InlineData(true, "::/0")]
    [InlineData(true, "::/1", "8000::/1")]
    [InlineData(true, "2000::/3")]
    [InlineData(true, "2000::/4")]
    [InlineData(true, "10.0.0.0/8", "::/0")]
    [InlineData(false)]
    [InlineData(false, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1")]
    [InlineData(false, "0.0.0.0/2", "0.0.0.0/3", "32.0.0.0/3", "0.0.0.0/2", "1.2.3.4")] // one holds the others
    [InlineData(false, "8000::/1")] // none of these is in use
    [InlineData(false, "173.245.48.0/20", "103.21.244.0/22", "104.16.0.0/13", "2400:cb00::/32", "2606:4700::/32")]
    public void HoldMostAddresses_HalfOrMoreOfAFamily(bool isMost, params string[] networks) => Assert.Equal(isMost, NetworkAttribute.HoldMostAddresses(networks));
}
