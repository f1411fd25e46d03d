using Gateway.Core.Access;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Access;

public sealed class OriginPolicyTests
{
    [Theory]
    [InlineData("https://example.com", "https://example.com", true)]
    [InlineData("https://example.com", "HTTPS://EXAMPLE.com:443", true)]
    [InlineData("https://example.com", "https://example.com/", true)] // as Go's x/net/websocket sends it
    [InlineData("https://example.com/", "https://example.com", true)]
    [InlineData("https://example.com", "https://example.com//", false)]
    [InlineData("https://example.com", "https://example.com/path", false)]
    [InlineData("https://example.com", "https://example.com.evil.example/", false)]
    [InlineData("https://*.example.com", "https://a.example.com/", true)]
    [InlineData("https://b\u00FCcher.example", "https://xn--bcher-kva.example", true)]
    [InlineData("https://*.B\u00DCCHER.example:8443", "https://a.xn--bcher-kva.example:8443", true)]
    [InlineData("https://b\u00FCcher.example", "https://bucher.example", false)]
    [InlineData("null", "null", true)]
    [InlineData("https://example.com", "null", false)]
    [InlineData("null", "https://null", false)]
    [InlineData("https://null", "null", false)]
    [InlineData("file://", "file://", true)]
    [InlineData("file://", "file:///", true)]
    [InlineData("file://", "file:///home", false)]
    [InlineData("file://", "file://host", false)]
    [InlineData("https://example.com", "file://", false)]
    [InlineData("null", "file://", false)]
    [InlineData("*", "null", true)]
    public void Allows_AnOrigin_AsTheListSays(string allowed, string origin, bool isAllowed)
    {
        var options = new AuthOptions();
        options.AllowedOrigins.Add("https://other.example");
        options.AllowedOrigins.Add(allowed);

        Assert.True(new OriginAttribute().IsValid(allowed));
        Assert.Equal(isAllowed, new OriginPolicy(options).Allows(origin, "ws.example.com"));
    }

    /// <summary>Without a list: pages of the host that is connected to, and nobody who does not say which.</summary>
    [Theory]
    [InlineData("http://ws.example.com/", true)]
    [InlineData("https://ws.example.com:8443", true)]
    [InlineData("http://localhost/", false)]
    [InlineData("null", false)]
    [InlineData("file://", false)]
    [InlineData("/", false)]
    [InlineData(null, true)]
    public void Allows_WithoutAList_TheHostItself(string? origin, bool isAllowed) =>
        Assert.Equal(isAllowed, new OriginPolicy(new AuthOptions()).Allows(origin, "ws.example.com:8080"));

    [Theory]
    [InlineData("http://localhost/", true)]
    [InlineData("http://[::1]:3000/", true)]
    [InlineData("file://", false)]
    [InlineData("null", false)]
    public void Allows_InDevelopment_PagesOfThisMachine(string origin, bool isAllowed) =>
        Assert.Equal(isAllowed, new OriginPolicy(new AuthOptions { AllowLocalOrigins = true }).Allows(origin, "ws.example.com"));
}
