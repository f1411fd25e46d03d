using System.Security.Cryptography;
using System.Text;
using Gateway.Configuration;
using Gateway.Core.Json;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Auth;

/// <summary>Reads the keys that stand in the configuration and in files, and says what is wrong with them.</summary>
internal static class KeyFiles
{
    private const string Section = "Gateway:Auth:Jwt:";

    // What the file's end adds, by an editor or by echo.
    private static readonly char[] LineBreaks = ['\r', '\n'];

    /// <summary>Null: something is wrong, and the faults say what.</summary>
    public static KeyRing? Load(JwtOptions options, List<ConfigurationError> faults)
    {
        var before = faults.Count;
        var keys = new List<VerificationKey>();
        if (options.HmacKey.Length > 0)
            AddSecret(Encoding.UTF8.GetBytes(options.HmacKey), nameof(options.HmacKey), null, keys, faults);
        foreach (var path in JwtOptions.ItemsOf(options.HmacKeyPath))
        {
            if (ReadFile(path, nameof(options.HmacKeyPath), faults) is { } bytes)
                AddSecret(Trim(bytes), nameof(options.HmacKeyPath), path, keys, faults);
        }

        foreach (var path in JwtOptions.ItemsOf(options.PublicKeyPath))
        {
            if (ReadFile(path, nameof(options.PublicKeyPath), faults) is { } bytes && PemKeys.Read(Encoding.UTF8.GetString(bytes), keys) is { } problem)
                faults.Add(new ConfigurationError(Section + nameof(options.PublicKeyPath), path, problem + ".", "Name a PEM file of public keys or certificates."));
        }

        return faults.Count > before ? null : new KeyRing(keys);
    }

    /// <summary>A digest of the files' content: another one, another content.</summary>
    public static byte[] Hash(JwtOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in JwtOptions.ItemsOf(options.HmacKeyPath).Concat(JwtOptions.ItemsOf(options.PublicKeyPath)))
        {
            var content = TryReadFile(path, out _) ?? []; // loading it says what is wrong
            hash.AppendData(BitConverter.GetBytes(content.Length));
            hash.AppendData(content);
        }

        return hash.GetHashAndReset();
    }

    private static void AddSecret(byte[] secret, string option, string? path, List<VerificationKey> keys, List<ConfigurationError> faults)
    {
        // A public key is public: whoever takes it for a secret lets everybody sign (RFC 8725 §2.1).
        if (secret.AsSpan().TrimStart(" \r\n\t"u8).StartsWith("-----BEGIN"u8))
            faults.Add(new ConfigurationError(Section + option, path, "is a key in PEM and no secret.", $"Name public keys in {Section}{nameof(JwtOptions.PublicKeyPath)}; make a secret by openssl rand -hex 32."));
        else if (secret.Length < VerificationKey.MinHmacBytes)
            faults.Add(new ConfigurationError(Section + option, path, $"has {secret.Length} bytes; a secret has {VerificationKey.MinHmacBytes} or more (RFC 7518 3.2).", "Make one by openssl rand -hex 32."));
        else if (SecretStrength.FindFault(Encoding.Latin1.GetString(secret)) is { } fault)
            faults.Add(new ConfigurationError(Section + option, path, fault + ".", "Make one by openssl rand -hex 32."));
        else
            keys.Add(new VerificationKey(new SymmetricSecurityKey(secret), KeyFamily.Hmac, secret.Length * 8));
    }

    private static byte[]? ReadFile(string path, string option, List<ConfigurationError> faults)
    {
        var content = TryReadFile(path, out var problem);
        if (content is null)
            faults.Add(ConfigurationError.Unreadable(Section + option, path, problem));
        return content;
    }

    private static byte[]? TryReadFile(string path, out string problem)
    {
        problem = "";
        try
        {
            if (new FileInfo(path).Length <= PemKeys.MaxBytes)
                return ByteOrderMark.Skip(File.ReadAllBytes(path).AsSpan()).ToArray();
            problem = $"has more than {SizeText.Format(PemKeys.MaxBytes)}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = e is FileNotFoundException or DirectoryNotFoundException ? "names a file that does not exist." : $"names a file that cannot be read: {e.Message}";
        }

        return null;
    }

    private static byte[] Trim(byte[] content)
    {
        var length = content.Length;
        while (length > 0 && LineBreaks.Contains((char)content[length - 1]))
            length--;
        return content[..length];
    }
}
