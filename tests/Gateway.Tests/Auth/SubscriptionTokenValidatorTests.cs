using System.Text;
using Gateway.Auth.SubscriptionTokens;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Auth;

/// <summary>Which subscription tokens are good, and what they allow.</summary>
public sealed class SubscriptionTokenValidatorTests
{
    private const string News = "\"channel\":\"news\"";

    private static readonly TokenIssuer Backend = TokenIssuer.Hmac(Validators.SecretBytes);

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static long Second => Now.ToUnixTimeSeconds();

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public async Task Token_OfTheKey_IsReadInFull(string algorithm)
    {
        var grant = await ReadAsync(TokenIssuer.Hmac(Validators.SecretBytes, algorithm).Sign($$"""{"sub":"alice","channel":"news","channels":["chat:*","a"],"exp":{{Second}}.5,"more":[]}"""));

        Assert.Equal(("alice", "news"), (grant.Subject, grant.Channel));
        Assert.Equal(["chat:*", "a"], grant.Patterns);
    }

    [Theory]
    [InlineData("exp", -29, true)]
    [InlineData("exp", -30, false)]
    [InlineData("nbf", 30, true)]
    [InlineData("nbf", 31, false)]
    public async Task Times_MayDifferByTheSkew(string claim, int seconds, bool isGood)
    {
        var token = Backend.Sign(claim == "exp" ? $$"""{{{News}},"exp":{{Second + seconds}}}""" : $$"""{{{News}},"exp":{{Second + 60}},"nbf":{{Second + seconds}}}""");

        if (isGood)
            Assert.Equal("news", (await ReadAsync(token)).Channel);
        else
            await RefusesAsync(token);
    }

    [Theory]
    [InlineData("""{"channel":"news"}""")]
    [InlineData("""{"channel":"news","exp":null}""")]
    [InlineData("""{"channel":"news","exp":"9999999999"}""")]
    [InlineData("""{"channel":"news","exp":-1}""")]
    [InlineData("""{"channel":"news","exp":1e99}""")]
    [InlineData("""{"channel":"news","exp":9999999999,"nbf":"1"}""")]
    [InlineData("""{"channel":"news","exp":9999999999,"sub":""}""")]
    [InlineData("""{"channel":"","exp":9999999999}""")]
    [InlineData("""{"channels":[1],"exp":9999999999}""")]
    [InlineData("""{"channels":"*","exp":9999999999}""")]
    [InlineData("""{"channel":"\ud800","exp":9999999999}""")]
    [InlineData("""{"exp":9999999999}""")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("")]
    public async Task Claims_ThatAreNotWhatTheyMustBe_AreRefused(string payload) => await RefusesAsync(Backend.Sign(payload));

    [Theory]
    [InlineData("channel", "\"news\"")]
    [InlineData("exp", "9999999999")]
    [InlineData("sub", "\"alice\"")]
    public async Task Claim_ThatStandsThereTwice_IsRefused(string claim, string value)
    {
        const string Once = """{"channel":"news","exp":9999999999,"sub":"alice"}""";
        Assert.Equal("news", (await ReadAsync(Backend.Sign(Once))).Channel);

        await RefusesAsync(Backend.Sign($$"""{"{{claim}}":{{value}},{{Once[1..]}}"""));
    }

    /// <summary>RFC 7515 §4.1.11.</summary>
    [Theory]
    [InlineData("""{"alg":"HS256","crit":["b64"],"b64":true}""")]
    [InlineData("""{"alg":"HS256","crit":["exp"],"exp":1}""")]
    [InlineData("""{"alg":"HS256","crit":[]}""")]
    public async Task CriticalHeader_IsRefused(string header) =>
        Assert.Contains("critical", await RefusesAsync(Backend.Sign($$"""{{{News}},"exp":9999999999}""", header)), StringComparison.Ordinal);

    [Fact]
    public async Task Signature_ThatIsNotTheKeys_IsRefused()
    {
        var good = Backend.Sign($$"""{{{News}},"exp":9999999999}""");
        foreach (var token in (string[])
            [
                TokenIssuer.Hmac(new byte[64]).Sign($$"""{{{News}},"exp":9999999999}"""),
                TokenIssuer.Rsa().Sign($$"""{{{News}},"exp":9999999999}"""),
                TokenIssuer.Unsigned(good),
                Backend.Sign($$"""{{{News}},"exp":9999999999}""", """{"alg":"none"}"""),
                Backend.Sign($$"""{{{News}},"exp":9999999999}""", """{"alg":"HS1"}"""),
                good[..^3],
                good[..good.LastIndexOf('.')],
                "hello", "..", "", new string('x', 8193),
            ])
        {
            await RefusesAsync(token);
        }
    }

    [Fact]
    public void Key_ThatCouldBeGuessed_IsNotTaken() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SubscriptionTokenValidator(Encoding.UTF8.GetBytes(Validators.Secret[..31]), TimeProvider.System));

    private static async Task<Core.Access.SubscriptionGrant> ReadAsync(string token)
    {
        var verdict = await Validator.ValidateAsync(token, CancellationToken.None);
        Assert.Equal("", verdict.Reason);
        return verdict.Grant!;
    }

    private static async Task<string> RefusesAsync(string token)
    {
        var verdict = await Validator.ValidateAsync(token, CancellationToken.None);
        Assert.Null(verdict.Grant);
        Assert.False(verdict.IsUnavailable);
        Assert.NotEqual("", verdict.Reason);
        return verdict.Reason;
    }

    private static SubscriptionTokenValidator Validator => new(Validators.SecretBytes, new FakeTimeProvider(Now));
}
