using Gateway.Auth;
using Gateway.Configuration;
using Gateway.Core.Access;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Auth;

/// <summary>Validators over keys that a test has made.</summary>
internal static class Validators
{
    public const string Secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"; // 64 bytes: enough for HS512

    public static byte[] SecretBytes => System.Text.Encoding.UTF8.GetBytes(Secret);

    public static JwtValidator Of(JwtOptions options, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        return new JwtValidator(options, new JwtKeys(options, null, new GatewayMetrics(), time, NullLogger.Instance), time);
    }

    /// <summary>One that trusts an issuer's public key.</summary>
    public static JwtValidator OfPem(params IEnumerable<string> pems)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, string.Join('\n', pems));
            return Of(new JwtOptions { PublicKeyPath = path });
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>What is wrong with options' keys.</summary>
    public static IReadOnlyList<ConfigurationError> Faults(JwtOptions options)
    {
        var faults = new List<ConfigurationError>();
        KeyFiles.Load(options, faults);
        return faults;
    }

    public static ValueTask<TokenVerdict> ValidateAsync(this JwtValidator validator, string token) => validator.ValidateAsync(token, CancellationToken.None);

    public static async Task<ClientIdentity> AcceptsAsync(this JwtValidator validator, string token)
    {
        var verdict = await validator.ValidateAsync(token);
        Assert.Equal("", verdict.Reason);
        return verdict.Identity!;
    }

    public static async Task<string> RefusesAsync(this JwtValidator validator, string token, TokenFault fault)
    {
        var verdict = await validator.ValidateAsync(token);
        Assert.Null(verdict.Identity);
        Assert.Equal((fault, false), (verdict.Fault, verdict.IsUnavailable));
        // RFC 6750 §3: it stands in a quoted string.
        Assert.DoesNotContain('"', verdict.Reason);
        Assert.DoesNotContain('\\', verdict.Reason);
        foreach (var part in token.Split('.').Where(part => part.Length > 3))
            Assert.DoesNotContain(part, verdict.Reason, StringComparison.Ordinal);
        return verdict.Reason;
    }
}
