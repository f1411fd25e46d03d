using Gateway.Core.Access;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Access;

public sealed class HostPolicyTests
{
    [Theory]
    [InlineData("ws.example.com", "ws.example.com", true)]
    [InlineData("ws.example.com", "WS.Example.COM:8443", true)]
    [InlineData("WS.example.com", "ws.example.com.", true)] // RFC 1034 §3.1: the dot that ends a full name
    [InlineData("ws.example.com", "ws.example.com.evil.example", false)]
    [InlineData("ws.example.com", "evilws.example.com", false)]
    [InlineData("ws.example.com", "a.ws.example.com", false)]
    [InlineData("ws.example.com", "127.0.0.1", false)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "a.b.EXAMPLE.com:80", true)]
    [InlineData("*.example.com", "example.com", false)] // whoever means both names both
    [InlineData("*.example.com", "evilexample.com", false)]
    [InlineData("*.example.com", ".example.com", false)]
    [InlineData("192.0.2.1", "192.0.2.1:8080", true)]
    [InlineData("192.0.2.1", "192.0.2.10", false)]
    [InlineData("2001:db8::1", "[2001:DB8::1]:8080", true)]
    [InlineData("[2001:db8::1]", "[2001:db8::1]", true)]
    [InlineData("2001:db8::1", "[2001:db8:0::1]", false)] // as it is written
    [InlineData("b\u00FCcher.example", "xn--bcher-kva.example", true)]
    [InlineData("*.B\u00DCCHER.example", "a.XN--BCHER-KVA.example:8443", true)]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example", true)]
    [InlineData("b\u00FCcher.example", "bucher.example", false)]
    public void Allows_AHost_AsThePatternSays(string allowed, string host, bool isAllowed)
    {
        var options = new AuthOptions();
        options.AllowedHosts.Add("other.example");
        options.AllowedHosts.Add(allowed);

        Assert.True(new HostNameAttribute().IsValid(allowed));
        Assert.Equal(isAllowed, new HostPolicy(options).Allows(host));
    }

    [Fact]
    public void Allows_NoHostAtAll_IsNoneOfThem()
    {
        var options = new AuthOptions();
        Assert.True(new HostPolicy(options).Allows(null));

        options.AllowedHosts.Add("ws.example.com");
        Assert.False(new HostPolicy(options).Allows(null));
    }

    [Theory]
    [InlineData("https://ws.example.com")]
    [InlineData("ws.example.com:8080")]
    [InlineData("ws.example.com/")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("*.*.example.com")]
    [InlineData("a.*.example.com")]
    [InlineData("*example.com")]
    [InlineData("*.192.0.2.1")]
    [InlineData("a b")]
    [InlineData(".")]
    [InlineData("bu\u0308cher.example")] // browsers compose it; as punycode it can be said
    [InlineData("\uFF41.example")]
    [InlineData("b\u00FCcher..example")]
    [InlineData("b\u00FC/cher.example")]
    public void Pattern_ThatIsNone_IsNotTaken(string text) => Assert.False(new HostNameAttribute().IsValid(text));
}
