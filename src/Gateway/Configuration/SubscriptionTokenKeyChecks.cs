using System.Security.Cryptography;
using System.Text;
using Gateway.Auth;
using Gateway.Auth.SubscriptionTokens;

namespace Gateway.Configuration;

/// <summary>What the key of subscription tokens must be: there once, long enough, not to be guessed, secret, and of nothing else.</summary>
internal static class SubscriptionTokenKeyChecks
{
    /// <summary>The option, and how that of the file begins.</summary>
    public const string Option = "Gateway:Auth:SubscriptionTokens:HmacKey";

    public static ConfigurationError? Check(GatewaySettings settings)
    {
        var tokens = settings.SubscriptionTokens;
        if (!tokens.IsEnabled)
            return null;
        var path = tokens.HmacKeyPath.Length == 0 ? null : tokens.HmacKeyPath;
        var option = path is null ? Option : Option + "Path";
        if (path is not null && tokens.HmacKey.Length > 0)
            return new(option, path, "stands beside a key given as text.", "Remove one of the two.");
        try
        {
            var key = tokens.ReadKey();
            if (key.Length < SubscriptionTokenOptions.MinKeyBytes)
                return new(option, path, $"holds fewer than {SubscriptionTokenOptions.MinKeyBytes} bytes, so that the key could be guessed.", "Make a longer key.");
            // Whoever takes a public key for a secret lets everybody sign (RFC 8725 §2.1).
            if (key.AsSpan().TrimStart(" \r\n\t"u8).StartsWith("-----BEGIN"u8))
                return new(option, path, "is a key in PEM and no secret.", "Make a secret by openssl rand -hex 32.");
            if (SecretStrength.FindFault(Encoding.Latin1.GetString(key)) is { } fault)
                return new(option, path, fault + ".", "Make one by openssl rand -hex 32.");
            return IsOfClients(settings, key) ? new(option, path, "is a key of clients' own tokens too: each kind of token would count as the other (RFC 8725 3.12).", "Make another by openssl rand -hex 32.") : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ConfigurationError.Unreadable(option, path, $"cannot be read: {e.Message}");
        }
    }

    /// <summary>What is wrong with the clients' keys themselves is said elsewhere.</summary>
    private static bool IsOfClients(GatewaySettings settings, byte[] key) =>
        KeyFiles.Load(settings.Jwt, []) is { } ring && ring.Secrets.Any(secret => CryptographicOperations.FixedTimeEquals(secret, key));
}
