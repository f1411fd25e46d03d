using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Auth;

/// <summary>Reads public keys in PEM (RFC 7468): <c>PUBLIC KEY</c>, <c>RSA PUBLIC KEY</c> and <c>CERTIFICATE</c>, however many.</summary>
internal static class PemKeys
{
    /// <summary>Longest file that is read.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <param name="pem">The file's text.</param>
    /// <param name="keys">Receives the keys.</param>
    /// <returns>What is wrong, as the rest of a sentence that begins with the file; null: nothing.</returns>
    public static string? Read(string pem, List<VerificationKey> keys)
    {
        var rest = pem.AsSpan();
        var count = 0;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            count++;
            if (ReadOne(rest[fields.Location].ToString(), rest[fields.Label], keys) is { } problem)
                return problem;
            rest = rest[fields.Location.End..];
        }

        return count == 0 ? "holds no key in PEM (BEGIN PUBLIC KEY, or BEGIN CERTIFICATE)" : null;
    }

    private static string? ReadOne(string block, ReadOnlySpan<char> label, List<VerificationKey> keys)
    {
        // It could sign whatever it likes: that a private key is here at all is the fault.
        if (label.EndsWith("PRIVATE KEY"))
            return "holds a private key, which the gateway must not have: give it the public one";
        try
        {
            return label is "CERTIFICATE" ? ReadCertificate(block, keys) : ReadKey(block, keys);
        }
        catch (CryptographicException)
        {
            return "holds a key that cannot be read";
        }
    }

    private static string? ReadCertificate(string block, List<VerificationKey> keys)
    {
        using var certificate = X509Certificate2.CreateFromPem(block);
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
            return AddRsa(rsa, keys);
        using var ec = certificate.GetECDsaPublicKey();
        return ec is null ? Neither : AddEc(ec, keys);
    }

    private static string? ReadKey(string block, List<VerificationKey> keys)
    {
        using var rsa = RSA.Create();
        if (TryImport(rsa, block))
            return AddRsa(rsa, keys);
        using var ec = ECDsa.Create();
        return TryImport(ec, block) ? AddEc(ec, keys) : Neither;
    }

    private static bool TryImport(AsymmetricAlgorithm algorithm, string block)
    {
        try
        {
            algorithm.ImportFromPem(block);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false; // of another kind
        }
    }

    private static string? AddRsa(RSA rsa, List<VerificationKey> keys)
    {
        if (rsa.KeySize is < VerificationKey.MinRsaBits or > VerificationKey.MaxRsaBits)
            return $"holds an RSA key of {rsa.KeySize} bits; {VerificationKey.MinRsaBits} to {VerificationKey.MaxRsaBits} are taken (RFC 7518 3.3)";
        keys.Add(new VerificationKey(new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false)), KeyFamily.Rsa, rsa.KeySize));
        return null;
    }

    private static string? AddEc(ECDsa ec, List<VerificationKey> keys)
    {
        if (ec.KeySize is not (256 or 384 or 521))
            return Neither;
        // The key lives as long as the library's caches hold it; the collector ends it.
        keys.Add(new VerificationKey(new ECDsaSecurityKey(ECDsa.Create(ec.ExportParameters(includePrivateParameters: false))), KeyFamily.Ec, ec.KeySize));
        return null;
    }

    private const string Neither = "holds a key that is neither RSA nor EC of P-256, P-384 or P-521; EdDSA is not supported";
}
