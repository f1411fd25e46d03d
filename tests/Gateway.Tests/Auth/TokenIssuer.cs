using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Tests.Auth;

/// <summary>Issues tokens as a backend would, with the platform's cryptography and nothing of the library that checks them.</summary>
internal sealed class TokenIssuer
{
    private readonly Func<byte[], byte[]> _sign;

    private TokenIssuer(string algorithm, string? keyId, Func<byte[], byte[]> sign) => (Algorithm, KeyId, _sign) = (algorithm, keyId, sign);

    public string Algorithm { get; }

    public string? KeyId { get; }

    /// <summary>Its public key in PEM; of a secret, null.</summary>
    public string? PublicPem { get; private init; }

    /// <summary>Its public key as a JWK; of a secret, null.</summary>
    public object? Jwk { get; private init; }

    /// <summary>As tokens count time.</summary>
    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public static TokenIssuer Hmac(byte[] secret, string algorithm = "HS256", string? keyId = null) => new(
        algorithm,
        keyId,
        input => algorithm switch { "HS256" => HMACSHA256.HashData(secret, input), "HS384" => HMACSHA384.HashData(secret, input), _ => HMACSHA512.HashData(secret, input) });

    public static TokenIssuer Rsa(string algorithm = "RS256", string? keyId = null, int bits = 2048)
    {
        var rsa = RSA.Create(bits);
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        var padding = algorithm.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return new TokenIssuer(algorithm, keyId, input => rsa.SignData(input, HashOf(algorithm), padding))
        {
            PublicPem = rsa.ExportSubjectPublicKeyInfoPem(),
            Jwk = new { kty = "RSA", kid = keyId, use = "sig", n = Base64Url.EncodeToString(parameters.Modulus), e = Base64Url.EncodeToString(parameters.Exponent) },
        };
    }

    public static TokenIssuer Ec(string algorithm = "ES256", string? keyId = null)
    {
        var (curve, name) = algorithm switch
        {
            "ES256" => (ECCurve.NamedCurves.nistP256, "P-256"),
            "ES384" => (ECCurve.NamedCurves.nistP384, "P-384"),
            _ => (ECCurve.NamedCurves.nistP521, "P-521"),
        };
        var ec = ECDsa.Create(curve);
        var point = ec.ExportParameters(includePrivateParameters: false).Q;
        // RFC 7518 §3.4: both numbers, one behind the other.
        return new TokenIssuer(algorithm, keyId, input => ec.SignData(input, HashOf(algorithm), DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            PublicPem = ec.ExportSubjectPublicKeyInfoPem(),
            Jwk = new { kty = "EC", kid = keyId, crv = name, x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) },
        };
    }

    /// <summary>A JWK Set of some issuers' keys.</summary>
    public static string JwkSet(params IEnumerable<TokenIssuer> issuers) => JsonSerializer.Serialize(new { keys = issuers.Select(issuer => issuer.Jwk) });

    /// <summary>A token for a user; it is good for five minutes unless the claims say otherwise.</summary>
    public string Issue(string user, params (string Name, object? Value)[] claims)
    {
        var payload = new Dictionary<string, object?> { ["sub"] = user, ["iat"] = Now, ["exp"] = Now + 300 };
        foreach (var (name, value) in claims)
            payload[name] = value;
        return Sign(JsonSerializer.Serialize(payload.Where(claim => claim.Value is not null).ToDictionary()));
    }

    /// <summary>Signs any payload under any header.</summary>
    public string Sign(string payload, string? header = null)
    {
        header ??= JsonSerializer.Serialize(KeyId is null ? new { alg = Algorithm, typ = "JWT" } : (object)new { alg = Algorithm, typ = "JWT", kid = KeyId });
        var input = $"{Encode(header)}.{Encode(payload)}";
        return $"{input}.{Base64Url.EncodeToString(_sign(Encoding.ASCII.GetBytes(input)))}";
    }

    /// <summary>A token's claims as anybody can show them, signed by nobody (RFC 7515, appendix A.5).</summary>
    public static string Unsigned(string token) => $"{Encode("""{"alg":"none"}""")}.{token.Split('.')[1]}.";

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static HashAlgorithmName HashOf(string algorithm) => algorithm[2..] switch
    {
        "256" => HashAlgorithmName.SHA256,
        "384" => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}
