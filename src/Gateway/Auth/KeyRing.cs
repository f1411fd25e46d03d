using Microsoft.IdentityModel.Tokens;

namespace Gateway.Auth;

/// <summary>The keys that are trusted at one moment; never changed.</summary>
internal sealed class KeyRing(IReadOnlyList<VerificationKey> keys)
{
    // A token without a key's name is tried with each, at the price of a signature; an issuer that changes its keys has two or three of a kind.
    private const int MaxTried = 8;

    public static readonly KeyRing Empty = new([]);

    public int Count => keys.Count;

    /// <summary>The bytes of those that are shared secrets.</summary>
    public IEnumerable<byte[]> Secrets => keys.Select(key => key.Key).OfType<SymmetricSecurityKey>().Select(key => key.Key);

    public KeyRing With(KeyRing other) => new([.. All, .. other.All]);

    /// <summary>Those that the token names. None where it names none.</summary>
    public IReadOnlyList<VerificationKey> Named(JwtAlgorithm algorithm, string? id) =>
        id is null ? [] : [.. keys.Where(key => key.Id == id && key.Fits(algorithm))];

    /// <summary>Those that may have signed a token without its saying so: those without a name, or all, where the token names none; the first 8.</summary>
    public IReadOnlyList<VerificationKey> Unnamed(JwtAlgorithm algorithm, string? id) =>
        [.. keys.Where(key => (id is null || key.Id is null) && key.Fits(algorithm)).Take(MaxTried)];

    private IReadOnlyList<VerificationKey> All => keys;
}
