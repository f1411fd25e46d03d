using Gateway.Hosting;

namespace Gateway.Tests.Configuration;

/// <summary>What undoes a promise of SECURITY.md does not start.</summary>
public sealed class SecurityRulesTests
{
    [Theory]
    [InlineData("session", "*", true)]
    [InlineData("session", "null", true)] // any site can make such a page
    [InlineData("session", "file://", false)]
    [InlineData("session", "https://app.example.com", false)]
    [InlineData("session", "https://*.example.com", false)]
    [InlineData("", "*", false)]
    public void Check_ACookieForAnyPage_IsAnError(string cookie, string origin, bool isWrong)
    {
        var errors = Bound.Of(("Gateway:Auth:Cookie", cookie), ("Gateway:Auth:AllowedOrigins:0", "https://one.example"), ("Gateway:Auth:AllowedOrigins:1", origin)).Errors;

        Assert.Equal(isWrong ? ["Gateway:Auth:Cookie"] : [], errors.Select(error => error.Option));
        Assert.All(errors, error => Assert.Contains("https://app.example.com", error.Remedy, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.0.0.0/0", "", true)]
    [InlineData("::/0", "10.0.0.0/8", true)]
    [InlineData("0.0.0.0/1", "128.0.0.0/1", true)]
    [InlineData("10.0.0.0/8", "fd00::/8", false)]
    public void Check_EverybodyAsAProxy_IsAnError(string one, string two, bool isWrong)
    {
        var errors = Bound.Of(("Gateway:TrustedProxies:0", one), ("Gateway:TrustedProxies:1", two)).Errors;

        Assert.Equal(isWrong ? ["Gateway:TrustedProxies"] : [], errors.Select(error => error.Option));
        Assert.All(errors, error => Assert.Contains("10.0.0.0/8", error.Remedy, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://backend:8000/authorize", "s", true)]
    [InlineData("http://10.0.0.7/authorize", "s", true)]
    [InlineData("http://localhost.evil.example/authorize", "s", true)]
    [InlineData("http://backend:8000/authorize", "", false)]
    [InlineData("https://backend/authorize", "s", false)]
    [InlineData("http://localhost:8000/authorize", "s", false)]
    [InlineData("http://127.0.0.1:8000/authorize", "s", false)]
    [InlineData("http://[::1]:8000/authorize", "s", false)]
    public void Check_ASecretThatEverybodyOnTheWayCanRead_IsAnError(string uri, string secret, bool isWrong)
    {
        var errors = Bound.Of(("Gateway:Authorizer:Uri", uri), ("Gateway:Authorizer:Secret", secret)).Errors;

        Assert.Equal(isWrong ? ["Gateway:Authorizer:Uri"] : [], errors.Select(error => error.Option));
        Assert.All(errors, error => Assert.Contains("https", error.Remedy, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_SeveralPromisesUndone_ListsThemAllAndExits78()
    {
        var errors = new StringWriter();

        var code = await GatewayRun.RunAsync(
            [
                "--Gateway:Auth:AllowAnonymous=true", "--Gateway:Auth:Cookie=session", "--Gateway:Auth:AllowedOrigins:0=*", "--Gateway:TrustedProxies:0=0.0.0.0/0",
                "--Gateway:Admin:ApiKey=changeme", "--Gateway:Authorizer:Uri=http://backend/", "--Gateway:Authorizer:Secret=s", "--Gateway:Auth:AllowedHosts:0=http://x",
                "--Gateway:Auth:SubscriptionTokens:HmacKey=secretsecretsecretsecretsecretsecret",
            ],
            TextWriter.Null,
            errors);

        Assert.Equal(78, code);
        foreach (var option in (string[])["Gateway:Auth:Cookie", "Gateway:TrustedProxies", "Gateway:Admin:ApiKey", "Gateway:Authorizer:Uri", "Gateway:Auth:AllowedHosts:0", "Gateway:Auth:SubscriptionTokens:HmacKey"])
            Assert.Contains(option, errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("changeme", errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secretsecret", errors.ToString(), StringComparison.Ordinal);
    }
}
