using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Auth;
using Gateway.Core.Access;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Auth;

/// <summary>Keys in files: what they may hold, and that a change is seen.</summary>
public sealed class KeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(31, false)]
    [InlineData(32, true)]
    public void Secret_HasThirtyTwoBytesAtLeast(int length, bool isRight)
    {
        var text = Validators.Secret[..length];
        var faults = Validators.Faults(new JwtOptions { HmacKey = text }).Concat(Validators.Faults(new JwtOptions { HmacKeyPath = Write(text + "\n") })).ToList();

        Assert.Equal(isRight ? 0 : 2, faults.Count);
        Assert.All(faults, fault => Assert.Contains("openssl rand -hex 32", fault.ToString(), StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.DoesNotContain(text, fault.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ssssssssssssssssssssssssssssssssssssssss")]
    [InlineData("changemechangemechangemechangemechangeme")]
    [InlineData("Secret-Secret-Secret-Secret-Secret-Secret")]
    public void Secret_ThatCouldBeGuessed_IsAFaultThatDoesNotShowIt(string secret)
    {
        foreach (var options in (JwtOptions[])[new() { HmacKey = secret }, new() { HmacKeyPath = Write(secret) }])
        {
            var fault = Assert.Single(Validators.Faults(options)).ToString();
            Assert.Contains("openssl rand -hex 32", fault, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, fault, StringComparison.Ordinal);
        }
    }

    /// <summary>As bytes, of any value.</summary>
    [Fact]
    public void Secret_OfRandomBytesInAFile_IsOne()
    {
        var path = Path.Combine(_folder, "bytes");
        for (var i = 0; i < 200; i++)
        {
            var bytes = RandomNumberGenerator.GetBytes(32);
            bytes[^1] = 1; // no line break, which would be taken off
            File.WriteAllBytes(path, bytes);
            Assert.Empty(Validators.Faults(new JwtOptions { HmacKeyPath = path }));
        }
    }

    [Fact]
    public void Secret_ThatIsAPublicKey_IsAFault()
    {
        var pem = TokenIssuer.Rsa().PublicPem!;

        Assert.Contains("no secret", Assert.Single(Validators.Faults(new JwtOptions { HmacKey = pem })).Problem, StringComparison.Ordinal);
        Assert.Contains("no secret", Assert.Single(Validators.Faults(new JwtOptions { HmacKeyPath = Write("\n " + pem) })).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_OfSeveralFiles_AreAllGood()
    {
        var (one, two) = (RandomNumberGenerator.GetHexString(64), RandomNumberGenerator.GetHexString(64));
        var validator = Validators.Of(new JwtOptions { HmacKeyPath = $"{Write(one + "\n")}, {Write(two)}" });

        foreach (var secret in (string[])[one, two])
            await validator.AcceptsAsync(TokenIssuer.Hmac(Encoding.UTF8.GetBytes(secret)).Issue("u1"));
    }

    [Fact]
    public async Task PublicKeys_OfCertificatesAndSeveralInAFile_AreAllGood()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=issuer", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var (one, two) = (TokenIssuer.Rsa(), TokenIssuer.Ec());

        var ring = new List<VerificationKey>();
        Assert.Null(PemKeys.Read($"{certificate.ExportCertificatePem()}\n{rsa.ExportRSAPublicKeyPem()}\n# a comment\n{one.PublicPem}\n{two.PublicPem}", ring));
        Assert.Equal([KeyFamily.Rsa, KeyFamily.Rsa, KeyFamily.Rsa, KeyFamily.Ec], ring.Select(key => key.Family));

        var validator = Validators.OfPem(certificate.ExportCertificatePem(), one.PublicPem!, two.PublicPem!);
        await validator.AcceptsAsync(one.Issue("u1"));
        await validator.AcceptsAsync(two.Issue("u1"));
    }

    [Fact]
    public void PublicKeyFile_WithoutAUsableKey_IsAFault()
    {
        using var small = RSA.Create(1024);
        using var rsa = RSA.Create(2048);
        using var odd = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        (string Text, string Problem)[] cases =
        [
            ("", "no key in PEM"),
            ("hello", "no key in PEM"),
            (small.ExportSubjectPublicKeyInfoPem(), "1024 bits"),
            (rsa.ExportPkcs8PrivateKeyPem(), "private key"),
            ("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n", "EdDSA is not supported"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read"),
        ];
        foreach (var (text, problem) in cases)
            Assert.Contains(problem, Assert.Single(Validators.Faults(new JwtOptions { PublicKeyPath = Write(text) })).Problem, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Single(Validators.Faults(new JwtOptions { PublicKeyPath = Path.Combine(_folder, "none") })).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_Replaced_IsReadAnew_AndABrokenOneKeepsTheOldKeys()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var (first, second) = (TokenIssuer.Rsa(), TokenIssuer.Ec());
        var path = Write(first.PublicPem!);
        var options = new JwtOptions { PublicKeyPath = path };
        using var metrics = new GatewayMetrics();
        using var keys = new JwtKeys(options, null, metrics, time, NullLogger.Instance);
        var validator = new JwtValidator(options, keys, time);
        await validator.AcceptsAsync(first.Issue("u1"));

        await File.WriteAllTextAsync(path, "broken");
        time.Advance(options.ReloadInterval);
        await validator.AcceptsAsync(first.Issue("u1"));
        Assert.Equal(1, metrics.TokenKeyReloads.Total);

        await File.WriteAllTextAsync(path, second.PublicPem);
        time.Advance(options.ReloadInterval);
        await validator.AcceptsAsync(second.Issue("u1"));
        await validator.RefusesAsync(first.Issue("u1"), TokenFault.Signature);

        time.Advance(options.ReloadInterval);
        Assert.Equal(2, metrics.TokenKeyReloads.Total);
    }

    [Theory]
    [InlineData("""{"kty":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"RSA","n":"AQAB","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","n":7,"e":"AQAB"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("7")]
    public void JwkSet_WithoutAUsableKey_IsNone(string jwk) => Assert.Null(Jwks.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[{{jwk}}]}""")));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":7}""")]
    [InlineData("""{"keys":[]}""")]
    public void JwkSet_ThatIsNone_IsNone(string json) => Assert.Null(Jwks.TryParse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void JwkSet_KeysForOtherUses_AreLeftOut()
    {
        var jwk = System.Text.Json.JsonSerializer.Serialize(TokenIssuer.Rsa(keyId: "k1").Jwk);
        var rest = jwk[1..].Replace("\"use\":\"sig\",", "", StringComparison.Ordinal);

        var ring = Jwks.TryParse(Encoding.UTF8.GetBytes(
            $$"""{"keys":[{"use":"enc",{{rest}},{"key_ops":["encrypt"],{{rest}},{"key_ops":["verify"],{{rest}},{"alg":"RSA-OAEP",{{rest}},{"alg":"RS512",{{rest}}]}"""))!;

        Assert.Equal(3, ring.Count);
        Assert.Single(ring.Named(JwtAlgorithm.Find("RS256")!, "k1"));
        Assert.Equal(2, ring.Named(JwtAlgorithm.Find("RS512")!, "k1").Count);
        Assert.Empty(ring.Named(JwtAlgorithm.Find("HS256")!, "k1"));
    }

    /// <summary>Issuers that have nothing to say about a member write it all the same.</summary>
    [Theory]
    [InlineData("\"use\":\"\"")]
    [InlineData("\"alg\":\"\"")]
    [InlineData("\"use\":null,\"alg\":null,\"key_ops\":null")]
    [InlineData("\"key_ops\":[]")]
    public void JwkSet_KeyWithEmptyMembers_IsForAllOfItsKind(string members)
    {
        var jwk = System.Text.Json.JsonSerializer.Serialize(TokenIssuer.Rsa(keyId: "k1").Jwk);
        var rest = jwk[1..].Replace("\"use\":\"sig\",", "", StringComparison.Ordinal);

        var ring = Jwks.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[null,{{{members}},{{rest}}]}"""))!;

        Assert.Single(ring.Named(JwtAlgorithm.Find("RS256")!, "k1"));
        Assert.Single(ring.Named(JwtAlgorithm.Find("PS512")!, "k1"));
    }

    [Fact]
    public async Task Key_BehindAByteOrderMark_IsTheSameKey()
    {
        var (ec, secret) = (TokenIssuer.Ec(), TokenIssuer.Hmac(Validators.SecretBytes));
        var validator = Validators.Of(new JwtOptions { PublicKeyPath = Write("\uFEFF" + ec.PublicPem), HmacKeyPath = Write("\uFEFF" + Validators.Secret + "\r\n") });

        await validator.AcceptsAsync(ec.Issue("u1"));
        await validator.AcceptsAsync(secret.Issue("u1"));
        Assert.NotNull(Jwks.TryParse(Encoding.UTF8.GetBytes("\uFEFF" + TokenIssuer.JwkSet(ec))));
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(path, text);
        return path;
    }
}
