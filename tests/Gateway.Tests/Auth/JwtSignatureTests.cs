using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gateway.Auth;
using Gateway.Core.Access;

namespace Gateway.Tests.Auth;

/// <summary>Which key may check what: RFC 7515, RFC 7518, and the attacks of RFC 8725 §2.</summary>
public sealed class JwtSignatureTests
{
    private static readonly JwtOptions Secret = new() { HmacKey = Validators.Secret };

    public static TheoryData<string> Asymmetric => ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public async Task Hmac_OfTheSecret_IsAccepted(string algorithm)
    {
        var validator = Validators.Of(Secret);

        var identity = await validator.AcceptsAsync(TokenIssuer.Hmac(Validators.SecretBytes, algorithm).Issue("u1"));

        Assert.Equal("u1", identity.Subject);
        await validator.RefusesAsync(TokenIssuer.Hmac(RandomNumberGenerator.GetBytes(64), algorithm).Issue("u1"), TokenFault.Signature);
    }

    [Theory]
    [MemberData(nameof(Asymmetric))]
    public async Task PublicKey_ChecksItsOwnTokens_AndNoOthers(string algorithm)
    {
        var issuer = Issuer(algorithm);
        var validator = Validators.OfPem(issuer.PublicPem!);

        Assert.Equal("u1", (await validator.AcceptsAsync(issuer.Issue("u1"))).Subject);
        await validator.RefusesAsync(Issuer(algorithm).Issue("u1"), TokenFault.Signature);
    }

    /// <summary>RFC 8725 §2.1: the text of a public key, taken for a secret, lets everybody sign.</summary>
    [Theory]
    [MemberData(nameof(Asymmetric))]
    public async Task PublicKey_ItsTextAsSecret_IsRefused(string algorithm)
    {
        var issuer = Issuer(algorithm);
        var validator = Validators.OfPem(issuer.PublicPem!);
        foreach (var text in (string[])[issuer.PublicPem!, issuer.PublicPem! + "\n", issuer.PublicPem!.ReplaceLineEndings("\r\n")])
        {
            foreach (var hmac in (string[])["HS256", "HS384", "HS512"])
                await validator.RefusesAsync(TokenIssuer.Hmac(Encoding.UTF8.GetBytes(text), hmac).Issue("u1"), TokenFault.Signature);
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("HS1")]
    [InlineData("hs256")]
    [InlineData("EdDSA")]
    [InlineData("dir")]
    public async Task Algorithm_NotTaken_IsRefused(string algorithm)
    {
        var validator = Validators.Of(Secret);
        var signed = TokenIssuer.Hmac(Validators.SecretBytes).Sign("""{"sub":"u1"}""", $$"""{"alg":"{{algorithm}}","typ":"JWT"}""");

        foreach (var token in (string[])[signed, signed[..(signed.LastIndexOf('.') + 1)]])
            Assert.NotEqual("", (await validator.ValidateAsync(token)).Reason);
        Assert.Null((await validator.ValidateAsync(signed)).Identity);
    }

    [Fact]
    public async Task Key_OfAnotherFamily_IsNotTried()
    {
        // All that can be trusted at once, and each with its own tokens only.
        var (rsa, ec) = (Issuer("RS256"), Issuer("ES256"));
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, rsa.PublicPem + "\n" + ec.PublicPem);
        var validator = Validators.Of(new JwtOptions { HmacKey = Validators.Secret, PublicKeyPath = path });
        File.Delete(path);

        foreach (var issuer in (TokenIssuer[])[rsa, ec, TokenIssuer.Hmac(Validators.SecretBytes)])
        {
            await validator.AcceptsAsync(issuer.Issue("u1"));
            foreach (var other in (string[])["HS256", "RS256", "PS256", "ES256", "ES384", "none"])
            {
                if (other != issuer.Algorithm)
                    Assert.Null((await validator.ValidateAsync(issuer.Sign("""{"sub":"u1"}""", $$"""{"alg":"{{other}}"}"""))).Identity);
            }
        }
    }

    /// <summary>RFC 7518 §3.2: a key of HS512 has 64 bytes at least.</summary>
    [Fact]
    public async Task Secret_ShorterThanItsHash_ChecksShorterHashesAlone()
    {
        var secret = Validators.Secret[..32];
        var validator = Validators.Of(new JwtOptions { HmacKey = secret });

        await validator.AcceptsAsync(TokenIssuer.Hmac(Encoding.UTF8.GetBytes(secret)).Issue("u1"));
        await validator.RefusesAsync(TokenIssuer.Hmac(Encoding.UTF8.GetBytes(secret), "HS384").Issue("u1"), TokenFault.Signature);
        await validator.RefusesAsync(TokenIssuer.Hmac(Encoding.UTF8.GetBytes(secret), "HS512").Issue("u1"), TokenFault.Signature);
    }

    [Fact]
    public async Task Signature_AnyBitChanged_IsRefused()
    {
        var validator = Validators.Of(Secret);
        var token = TokenIssuer.Hmac(Validators.SecretBytes).Issue("u1");
        var signature = Base64Url.DecodeFromChars(token.AsSpan(token.LastIndexOf('.') + 1));

        for (var bit = 0; bit < signature.Length * 8; bit++)
        {
            var changed = signature.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            await validator.RefusesAsync(token[..(token.LastIndexOf('.') + 1)] + Base64Url.EncodeToString(changed), TokenFault.Signature);
        }

        for (var length = 0; length < signature.Length; length++)
            await validator.RefusesAsync(token[..(token.LastIndexOf('.') + 1)] + Base64Url.EncodeToString(signature.AsSpan(0, length)), TokenFault.Signature);
    }

    [Fact]
    public async Task Payload_Changed_IsRefused()
    {
        var validator = Validators.Of(Secret);
        var parts = TokenIssuer.Hmac(Validators.SecretBytes).Issue("u1").Split('.');
        var other = TokenIssuer.Hmac(RandomNumberGenerator.GetBytes(32)).Issue("admin").Split('.');

        await validator.RefusesAsync($"{parts[0]}.{other[1]}.{parts[2]}", TokenFault.Signature);
    }

    /// <summary>RFC 7515 §4.1.11.</summary>
    [Fact]
    public async Task CriticalHeader_IsRefused() =>
        await Validators.Of(Secret).RefusesAsync(TokenIssuer.Hmac(Validators.SecretBytes).Sign("""{"sub":"u1"}""", """{"alg":"HS256","crit":["b64"],"b64":false}"""), TokenFault.Malformed);

    /// <summary>RFC 8725 §2.8 and RFC 7515 §4.1: whatever key the token brings along, or says where to find.</summary>
    [Fact]
    public async Task Key_BroughtByTheToken_IsNotTrusted()
    {
        var issuer = Issuer("RS256");
        var validator = Validators.OfPem(Issuer("RS256").PublicPem!);
        var jwk = System.Text.Json.JsonSerializer.Serialize(issuer.Jwk);

        await validator.RefusesAsync(issuer.Sign("""{"sub":"u1"}""", $$"""{"alg":"RS256","jwk":{{jwk}},"jku":"http://127.0.0.1:1/","x5u":"http://127.0.0.1:1/"}"""), TokenFault.Signature);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("hello")]
    [InlineData("e30.e30.")]
    [InlineData("e30.e30.e30")]
    [InlineData("W10.e30.e30")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.!!!.e30")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30.\u00e9")]
    [InlineData("\0.\0.\0")]
    public async Task Token_ThatIsNone_IsRefused(string token)
    {
        var verdict = await Validators.Of(Secret).ValidateAsync(token);

        Assert.Null(verdict.Identity);
        Assert.False(verdict.IsUnavailable);
        Assert.NotEqual("", verdict.Reason);
    }

    [Fact]
    public async Task Token_OfRandomText_IsRefusedAndNeverThrows()
    {
        var validator = Validators.Of(Secret);
        var random = new Random(7);
        var good = TokenIssuer.Hmac(Validators.SecretBytes).Issue("u1");
        for (var i = 0; i < 5000; i++)
        {
            var text = good.ToCharArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                text[random.Next(text.Length)] = (char)random.Next(1, 128);
            var token = new string(text);
            if (token != good)
                Assert.True((await validator.ValidateAsync(token)).Identity is null || SameBits(token, good), token);
        }
    }

    /// <summary>An exception costs fifty times what a signature of a secret does, and anybody can send a token that is none.</summary>
    [Theory]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("e30.e30.e30")]
    [InlineData("{.e30.e30")]
    [InlineData("{\"alg\":\"HS256\"}.{\"exp\":[]}.AAAA", true)]
    [InlineData("{\"alg\":\"HS256\"}.{.AAAA", true)]
    [InlineData("{\"alg\":\"HS256\",\"kid\":\"\\ud800\"}.{}.AAAA", true)]
    [InlineData("{\"\\ud800\":1}.{}.AAAA", true)]
    [InlineData("{\"alg\":[[[[]]]]}.{}.AAAA", true)]
    [InlineData("{\"alg\":\"ES256\"}.{}.AAAA", true)]
    [InlineData("{\"alg\":\"RS256\"}.{}.AAAA", true)]
    public async Task Token_ThatNobodyHasSigned_IsRefusedWithoutAnException(string token, bool isEncoded = false)
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, Issuer("RS256").PublicPem + "\n" + Issuer("ES256").PublicPem);
        var validator = Validators.Of(new JwtOptions { HmacKey = Validators.Secret, PublicKeyPath = path, Issuer = "us", Audience = "us" });
        File.Delete(path);
        var parts = token.Split('.');
        if (isEncoded)
            token = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(parts[0]))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(parts[1]))}.{parts[2]}";
        await validator.ValidateAsync(token);
        var (thread, thrown) = (Environment.CurrentManagedThreadId, 0);
        void OnThrown(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs e) => thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;

        AppDomain.CurrentDomain.FirstChanceException += OnThrown;
        var verdict = validator.ValidateAsync(token);
        AppDomain.CurrentDomain.FirstChanceException -= OnThrown;

        Assert.True(verdict.IsCompletedSuccessfully);
        Assert.Null((await verdict).Identity);
        Assert.Equal(0, thrown);
    }

    /// <summary>Each key that is tried costs a signature.</summary>
    [Fact]
    public async Task Token_ThatNamesNoKey_IsTriedWithEight()
    {
        var issuers = Enumerable.Range(0, 9).Select(_ => TokenIssuer.Ec()).ToList();
        var validator = Validators.OfPem(issuers.Select(issuer => issuer.PublicPem!));

        foreach (var issuer in issuers.Take(8))
            await validator.AcceptsAsync(issuer.Issue("u1"));
        await validator.RefusesAsync(issuers[8].Issue("u1"), TokenFault.Signature);
    }

    // The last character of base64url has bits that mean nothing.
    private static bool SameBits(string token, string good) => token[..^1] == good[..^1];

    private static TokenIssuer Issuer(string algorithm) => algorithm[0] == 'E' ? TokenIssuer.Ec(algorithm) : TokenIssuer.Rsa(algorithm);
}
