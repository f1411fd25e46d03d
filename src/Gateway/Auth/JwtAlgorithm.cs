using System.Collections.Frozen;

namespace Gateway.Auth;

/// <summary>The kinds of keys. A key is used with the algorithms of its own kind alone.</summary>
internal enum KeyFamily
{
    /// <summary>A shared secret.</summary>
    Hmac,

    /// <summary>RSA's public half.</summary>
    Rsa,

    /// <summary>A public point of an elliptic curve.</summary>
    Ec,
}

/// <summary>
/// An algorithm of RFC 7518 §3.1 that is taken. The closed list is what makes <c>none</c> impossible, and its family what makes it so to
/// have a public key taken for a secret (RFC 8725 §2.1). EdDSA (RFC 8037) is not in it: the library cannot check it.
/// </summary>
/// <param name="Name">Header <c>alg</c>.</param>
/// <param name="Family">Of its keys.</param>
/// <param name="KeyBits">HMAC: the least a key may have (§3.2). EC: exactly its curve's (§3.4). RSA: the least (§3.3).</param>
internal sealed record JwtAlgorithm(string Name, KeyFamily Family, int KeyBits)
{
    private static readonly FrozenDictionary<string, JwtAlgorithm> ByName = new JwtAlgorithm[]
    {
        new("HS256", KeyFamily.Hmac, 256), new("HS384", KeyFamily.Hmac, 384), new("HS512", KeyFamily.Hmac, 512),
        new("RS256", KeyFamily.Rsa, 2048), new("RS384", KeyFamily.Rsa, 2048), new("RS512", KeyFamily.Rsa, 2048),
        new("PS256", KeyFamily.Rsa, 2048), new("PS384", KeyFamily.Rsa, 2048), new("PS512", KeyFamily.Rsa, 2048),
        new("ES256", KeyFamily.Ec, 256), new("ES384", KeyFamily.Ec, 384), new("ES512", KeyFamily.Ec, 521),
    }.ToFrozenDictionary(algorithm => algorithm.Name);

    /// <summary>Null: it is not taken. Names are case-sensitive (RFC 7515 §4.1.1).</summary>
    public static JwtAlgorithm? Find(string? name) => name is null ? null : ByName.GetValueOrDefault(name);
}
