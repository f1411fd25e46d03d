using Gateway.Hosting;
using Gateway.Tests.Configuration;

namespace Gateway.Tests.Auth;

/// <summary>A node starts when somebody has said who may connect, and when what was said makes sense.</summary>
public sealed class AuthSettingsTests
{
    [Fact]
    public async Task Run_WithoutAWordOfWhoMayConnect_Exits78AndSaysWhatToSet()
    {
        var errors = new StringWriter();

        Assert.Equal(78, await GatewayRun.RunAsync(["--environment=Production"], TextWriter.Null, errors));

        foreach (var option in (string[])["Gateway:Auth:AllowAnonymous", "Gateway:Auth:Jwt:JwksUri", "Gateway:Auth:Jwt:PublicKeyPath", "Gateway:Auth:Jwt:HmacKey"])
            Assert.Contains(option, errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", null, null, false)]
    [InlineData("Staging", null, null, false)]
    [InlineData("Development", null, null, true)]
    [InlineData("Production", "Gateway:Auth:AllowAnonymous", "true", true)]
    [InlineData("Production", "Gateway:Auth:AllowAnonymous", "false", true)]
    [InlineData("Production", "Gateway:Auth:Jwt:HmacKey", Validators.Secret, true)]
    [InlineData("Production", "Gateway:Auth:Jwt:JwksUri", "https://issuer.example/keys", true)]
    public void Configuration_IsComplete_WhenSomebodyHasSaidWhoMayConnect(string environment, string? key, string? value, bool isComplete)
    {
        var errors = Bound.Silent(key is null ? [] : [(key, value)], environment).Errors;

        if (isComplete)
            Assert.Empty(errors);
        else
            Assert.Equal("Gateway:Auth:AllowAnonymous", Assert.Single(errors).Option);
    }

    [Theory]
    [InlineData("https://issuer.example/.well-known/jwks.json", true)]
    [InlineData("http://127.0.0.1:8080/keys", true)]
    [InlineData("http://localhost/keys", true)]
    [InlineData("http://[::1]/keys", true)]
    [InlineData("http://issuer.example/keys", false)]
    [InlineData("ftp://issuer.example/keys", false)]
    [InlineData("https://user:password@issuer.example/keys", false)]
    [InlineData("/keys", false)]
    [InlineData("issuer", false)]
    public void JwksUri_IsHttps_OrOfThisMachine(string uri, bool isRight) =>
        Assert.Equal(isRight, Bound.Of(("Gateway:Auth:Jwt:JwksUri", uri)).Errors.Count == 0);

    [Theory]
    [InlineData("https://example.com", true)]
    [InlineData("https://*.example.com", true)]
    [InlineData("http://example.com:8080", true)]
    [InlineData("capacitor://localhost", true)]
    [InlineData("*", true)]
    [InlineData("example.com", false)]
    [InlineData("https://example.com/", true)]
    [InlineData("https://example.com//", false)]
    [InlineData("https://example.com/path", false)]
    [InlineData("https://b\u00FCcher.example", true)]
    [InlineData("https://bu\u0308cher.example", false)]
    [InlineData("https://*example.com", false)]
    [InlineData("https://a.*.example.com", false)]
    [InlineData("https://*.", false)]
    [InlineData("https://", false)]
    [InlineData("null", true)]
    [InlineData("file://", true)]
    [InlineData("file:///", true)]
    [InlineData("http:///", false)]
    [InlineData("file:///home", false)]
    public void AllowedOrigin_IsAnOriginOrAllBelowADomain(string origin, bool isRight) =>
        Assert.Equal(isRight, Bound.Of(("Gateway:Auth:AllowedOrigins:0", origin)).Errors.Count == 0);

    [Fact]
    public void Secret_ThatIsTooShort_IsNeverPrinted()
    {
        var error = Assert.Single(Bound.Of(("Gateway:Auth:Jwt:HmacKey", "a-short-secret")).Errors);

        Assert.Equal("Gateway:Auth:Jwt:HmacKey", error.Option);
        Assert.DoesNotContain("a-short-secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void KeyFile_ThatIsNotThere_IsTold() =>
        Assert.Contains("does not exist", Assert.Single(Bound.Of(("Gateway:Auth:Jwt:PublicKeyPath", "/nowhere/jwt.pub")).Errors).Problem, StringComparison.Ordinal);
}
