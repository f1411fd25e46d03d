using Gateway.Auth;
using Gateway.Core.Access;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Auth;

/// <summary>What a token says, when its signature is right.</summary>
public sealed class JwtClaimsTests
{
    private static readonly TokenIssuer Issuer = TokenIssuer.Hmac(Validators.SecretBytes);

    private static readonly long Then = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)] // RFC 7519 §4.1.4: on or after it the token must not be accepted
    [InlineData(1, false)]
    public async Task Expiry_IsExact(int secondsAfter, bool isGood)
    {
        var validator = At(Then + secondsAfter);
        var token = Issuer.Sign($$"""{"sub":"u1","exp":{{Then}}}""");

        if (isGood)
            Assert.Equal(Then, (await validator.AcceptsAsync(token)).ExpiresAt!.Value.ToUnixTimeSeconds());
        else
            Assert.Contains("expired", await validator.RefusesAsync(token, TokenFault.Expired), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nbf", 30, true)]
    [InlineData("nbf", 31, false)]
    [InlineData("iat", 30, true)]
    [InlineData("iat", 31, false)]
    public async Task Beginning_MayBeAheadByTheSkew(string claim, int secondsAhead, bool isGood)
    {
        var token = Issuer.Sign($$"""{"sub":"u1","{{claim}}":{{Then + secondsAhead}}}""");

        if (isGood)
            await At(Then).AcceptsAsync(token);
        else
            await At(Then).RefusesAsync(token, TokenFault.NotYetValid);
    }

    [Fact]
    public async Task Token_WithoutExpiry_NeverExpires() =>
        Assert.Null((await At(Then).AcceptsAsync(Issuer.Sign("""{"sub":"u1"}"""))).ExpiresAt);

    [Theory]
    [InlineData("""{"sub":"u1","exp":"1"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"sub":""}""")]
    [InlineData("""{"sub":7}""")]
    [InlineData("""{"sub":"u1","jti":""}""")]
    [InlineData("""{"sub":"u1","limits":[]}""")]
    [InlineData("""{"sub":"u1","limits":{"subscriptions":"1"}}""")]
    [InlineData("""{"sub":"u1","limits":{"connections":-1}}""")]
    [InlineData("""{"sub":"u1","limits":{"bytes_per_second":-1}}""")]
    [InlineData("""{"sub":"u1","limits":{"commands_per_second":1.5}}""")]
    [InlineData("""{"sub":"u1","channels":"news"}""")]
    [InlineData("""{"sub":"u1","channels":{}}""")]
    [InlineData("""{"sub":"u1","channels":[7]}""")]
    [InlineData("""{"sub":"u1","channels":[null]}""")]
    [InlineData("""{"sub":"u1","channels":["a b"]}""")]
    [InlineData("""{"sub":"u1","channels":[""]}""")]
    [InlineData("""{"sub":"u1","channels":[{"pattern":"a"}]}""")]
    [InlineData("""{"sub":"u1","channels":[{"pattern":"a","rights":[]}]}""")]
    [InlineData("""{"sub":"u1","channels":[{"pattern":"a","rights":["own"]}]}""")]
    [InlineData("""{"sub":"u1","channels":[{"pattern":"a","rights":"publish"}]}""")]
    [InlineData("""{"sub":"u1","channels":[{"rights":["publish"]}]}""")]
    public async Task Claim_OfTheWrongKind_RefusesTheToken(string payload) =>
        Assert.StartsWith("claim", await At(Then).RefusesAsync(Issuer.Sign(payload), TokenFault.Claims), StringComparison.Ordinal);

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"sub":"u1","exp":1e400}""")]
    [InlineData("""{"sub":"u1","nbf":true}""")]
    [InlineData("""{"sub":"u1","iat":[]}""")]
    [InlineData("""{"sub":"u1","jti":7}""")]
    [InlineData("not json")]
    [InlineData("""{"sub":"u1","sub":"u2"}""")] // which of the two it is would be the reader's guess
    [InlineData("""{"sub":"u1","exp":1,"exp":99999999999}""")]
    public async Task Payload_ThatIsNoClaimsSet_RefusesTheToken(string payload)
    {
        var verdict = await At(Then).ValidateAsync(Issuer.Sign(payload));

        Assert.Null(verdict.Identity);
        Assert.False(verdict.IsUnavailable);
    }

    [Fact]
    public async Task Channels_ArePatternsOrObjects()
    {
        var identity = await At(Then).AcceptsAsync(Issuer.Sign(
            """{"sub":"u1","channels":["news",{"pattern":"chat:*","rights":["subscribe","publish"]},{"pattern":"in:u1","rights":["publish"],"later":1}]}"""));

        Assert.Equal(
            [new ChannelGrant("news", true, false), new ChannelGrant("chat:*", true, true), new ChannelGrant("in:u1", false, true)],
            identity.Grants);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task Channels_AreBoundedInNumber(int count, bool isGood)
    {
        var token = Issuer.Sign($$"""{"sub":"u1","channels":[{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"c{i}\""))}}]}""");

        if (isGood)
            Assert.Equal(count, (await At(Then).AcceptsAsync(token)).Grants.Count);
        else
            await At(Then).RefusesAsync(token, TokenFault.Claims);
    }

    [Fact]
    public async Task Limits_AreRead()
    {
        var limits = (await At(Then).AcceptsAsync(Issuer.Sign("""{"sub":"u1","limits":{"connections":2,"subscriptions":3,"bytes_per_second":0,"later":"x"}}"""))).Limits;

        Assert.Equal(new ClientLimits(2, 3, null, 0), limits);
    }

    [Fact]
    public async Task OtherClaims_OfTextAndNumbers_AreKept_WithinBounds()
    {
        var many = string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"c{i}\":{i}"));
        var identity = await At(Then).AcceptsAsync(Issuer.Sign(
            $$"""{"sub":"u1","jti":"t1","iat":{{Then}},"iss":"me","team":"red","level":7,"admin":true,"nested":{"a":1},"long":"{{new string('x', 257)}}","{{new string('n', 65)}}":"x"}"""));

        Assert.Equal(new Dictionary<string, string> { ["team"] = "red", ["level"] = "7" }, identity.Claims);
        Assert.Equal(("t1", Then), (identity.TokenId, identity.IssuedAt!.Value.ToUnixTimeSeconds()));
        Assert.Equal(32, (await At(Then).AcceptsAsync(Issuer.Sign($$"""{"sub":"u1",{{many}}}"""))).Claims.Count);
    }

    [Theory]
    [InlineData("\"https://a.example\"", true)]
    [InlineData("\"https://b.example\"", true)]
    [InlineData("\"https://evil.example\"", false)]
    [InlineData("\"https://a.example/\"", false)]
    [InlineData("null", false)]
    public async Task Issuer_MustBeOneOfThose(string issuer, bool isGood)
    {
        var validator = At(Then, options => options.Issuer = "https://a.example, https://b.example");
        var token = Issuer.Sign($$"""{"sub":"u1","iss":{{issuer}}}""");

        if (isGood)
            await validator.AcceptsAsync(token);
        else
            Assert.Contains("issuer", await validator.RefusesAsync(token, TokenFault.Issuer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"sub":"u1","aud":"gateway"}""", true)]
    [InlineData("""{"sub":"u1","aud":["mail","gateway"]}""", true)]
    [InlineData("""{"sub":"u1","aud":"mail"}""", false)]
    [InlineData("""{"sub":"u1","aud":[]}""", false)]
    [InlineData("""{"sub":"u1"}""", false)]
    public async Task Audience_MustBeOneOfThose(string payload, bool isGood)
    {
        var validator = At(Then, options => options.Audience = "gateway");

        if (isGood)
            await validator.AcceptsAsync(Issuer.Sign(payload));
        else
            Assert.Contains("audience", await validator.RefusesAsync(Issuer.Sign(payload), TokenFault.Audience), StringComparison.Ordinal);
    }

    private static JwtValidator At(long seconds, Action<JwtOptions>? configure = null)
    {
        var options = new JwtOptions { HmacKey = Validators.Secret };
        configure?.Invoke(options);
        return Validators.Of(options, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(seconds)));
    }
}
