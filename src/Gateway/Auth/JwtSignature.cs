using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Auth;

/// <summary>Whether a key has signed a token (RFC 7515 §5.2). By itself, since the library's validation throws where it has not.</summary>
internal static class JwtSignature
{
    /// <param name="token">The token.</param>
    /// <param name="algorithm">One that the key fits.</param>
    /// <param name="key">The key.</param>
    public static bool IsOf(SignedToken token, JwtAlgorithm algorithm, SecurityKey key)
    {
        if (token.Signature.Length == 0)
            return false;
        if (algorithm.Family == KeyFamily.Hmac)
            return key is SymmetricSecurityKey secret && IsOf(token, algorithm.Name, secret.Key);
        var provider = key.CryptoProviderFactory.CreateForVerifying(key, algorithm.Name); // kept by the library, one for each key
        try
        {
            return provider.Verify(token.Signed, token.Signature);
        }
#pragma warning disable CA1031 // Whatever a platform's cryptography throws for a signature that somebody made up: it is none.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
        finally
        {
            key.CryptoProviderFactory.ReleaseSignatureProvider(provider);
        }
    }

    /// <summary>RFC 7518 §3.2.</summary>
    public static bool IsOf(SignedToken token, string algorithm, byte[] secret)
    {
        Span<byte> hash = stackalloc byte[HMACSHA512.HashSizeInBytes];
        var length = algorithm switch
        {
            "HS256" => HMACSHA256.HashData(secret, token.Signed, hash),
            "HS384" => HMACSHA384.HashData(secret, token.Signed, hash),
            "HS512" => HMACSHA512.HashData(secret, token.Signed, hash),
            _ => 0,
        };
        return length > 0 && CryptographicOperations.FixedTimeEquals(hash[..length], token.Signature);
    }
}
