using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Core.Json;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Auth;

/// <summary>
/// Reads a JWK Set (RFC 7517 §5): RSA and EC keys that are for signatures. What else stands there is left out, as §5 has it; shared secrets
/// too, since a set that anybody can fetch holds none.
/// </summary>
internal static class Jwks
{
    /// <summary>Keys of a set that are taken: a token without a key's name is tried with all of its kind.</summary>
    public const int MaxKeys = 64;

    // A name is compared with what a client says; nobody's is longer.
    private const int MaxIdLength = 256;

    /// <summary>Null: it is no JWK Set, or holds no key that can be used.</summary>
    public static KeyRing? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonReading.ReadDocument(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetGiven("keys", out var list) || list.ValueKind != JsonValueKind.Array)
                return null;
            var keys = list.EnumerateArray().Select(ReadKey).OfType<VerificationKey>().Take(MaxKeys).ToList();
            return keys.Count == 0 ? null : new KeyRing(keys);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // the second: half of a surrogate pair, escaped
        }
    }

    private static VerificationKey? ReadKey(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || !IsForSignatures(jwk))
            return null;
        try
        {
            var key = Text(jwk, "kty") switch { "RSA" => ReadRsa(jwk), "EC" => ReadEc(jwk), _ => null };
            var (id, algorithm) = (Text(jwk, "kid"), Text(jwk, "alg"));
            if (key is null || id?.Length > MaxIdLength)
                return null;
            return key with { Id = id, OnlyFor = algorithm };
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    /// <summary>RFC 7517 §4.2 and §4.3: either may be absent, and a list of no operations names none.</summary>
    private static bool IsForSignatures(JsonElement jwk) =>
        Text(jwk, "use") is null or "sig"
        && (!jwk.TryGetGiven("key_ops", out var uses) || (uses.ValueKind == JsonValueKind.Array && (uses.GetArrayLength() == 0 || uses.EnumerateArray().Any(use => use.ValueKind == JsonValueKind.String && use.ValueEquals("verify"u8)))));

    /// <summary>RFC 7518 §6.3.1.</summary>
    private static VerificationKey? ReadRsa(JsonElement jwk)
    {
        var parameters = new RSAParameters { Modulus = Bytes(jwk, "n"), Exponent = Bytes(jwk, "e") };
        if (parameters.Modulus is null || parameters.Exponent is null)
            return null;
        using var rsa = RSA.Create(parameters);
        return rsa.KeySize is >= VerificationKey.MinRsaBits and <= VerificationKey.MaxRsaBits ? new VerificationKey(new RsaSecurityKey(parameters), KeyFamily.Rsa, rsa.KeySize) : null;
    }

    /// <summary>RFC 7518 §6.2.1.</summary>
    private static VerificationKey? ReadEc(JsonElement jwk)
    {
        ECCurve? curve = Text(jwk, "crv") switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            _ => null,
        };
        if (curve is null || Bytes(jwk, "x") is not { } x || Bytes(jwk, "y") is not { } y)
            return null;
        // Checks that the point is on the curve.
        var ec = ECDsa.Create(new ECParameters { Curve = curve.Value, Q = new ECPoint { X = x, Y = y } });
        return new VerificationKey(new ECDsaSecurityKey(ec), KeyFamily.Ec, ec.KeySize);
    }

    /// <summary>Null: there is none, or an empty one, as issuers write that have nothing to say there.</summary>
    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetGiven(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static byte[]? Bytes(JsonElement jwk, string name) => Text(jwk, name) is { } text ? Base64Url.DecodeFromChars(text) : null;
}
