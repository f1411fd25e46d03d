using Microsoft.IdentityModel.Tokens;

namespace Gateway.Auth;

/// <summary>A key that tokens are checked with.</summary>
/// <param name="Key">The library's form of it.</param>
/// <param name="Family">Its kind.</param>
/// <param name="Bits">Its size.</param>
internal sealed record VerificationKey(SecurityKey Key, KeyFamily Family, int Bits)
{
    /// <summary>Least size of a secret: what HS256 must have (RFC 7518 §3.2).</summary>
    public const int MinHmacBytes = 32;

    /// <summary>Least size of an RSA key (RFC 7518 §3.3). Larger ones than the most only cost time: a client chooses when.</summary>
    public const int MinRsaBits = 2048, MaxRsaBits = 8192;

    /// <summary>Header <c>kid</c> of the tokens that it signs; null: whatever they say.</summary>
    public string? Id { get; init; }

    /// <summary>The one algorithm that its issuer says it is for; null: any of its kind.</summary>
    public string? OnlyFor { get; init; }

    /// <summary>Whether it may check a token that says so.</summary>
    public bool Fits(JwtAlgorithm algorithm) =>
        algorithm.Family == Family
        && (Family == KeyFamily.Ec ? Bits == algorithm.KeyBits : Bits >= algorithm.KeyBits)
        && (OnlyFor is null || OnlyFor == algorithm.Name);
}
