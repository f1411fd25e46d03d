using System.Security.Cryptography;
using System.Text;
using Gateway.Admin;
using Gateway.Auth;

namespace Gateway.Configuration;

/// <summary>What the keys of the admin side must be: not to be guessed, each of one scope alone, and secrets of nothing else.</summary>
internal static class AdminKeyRules
{
    private const string MakeOne = "Make one by openssl rand -hex 32.";

    /// <param name="settings">The settings.</param>
    /// <param name="known">Errors known already: nothing is said of options that have one.</param>
    public static IEnumerable<ConfigurationError> Check(GatewaySettings settings, IReadOnlyList<ConfigurationError> known)
    {
        var faults = new List<ConfigurationError>();
        var seen = new List<(byte[] Key, string Of)>(Others(settings));
        foreach (var scope in AdminKeys.Scopes)
        {
            var path = scope.Path(settings.Admin);
            var option = path.Length > 0 ? scope.Option + "Path" : scope.Option;
            if (known.Any(error => error.Option.StartsWith(scope.Option, StringComparison.OrdinalIgnoreCase)))
                continue;
            var shown = path.Length > 0 ? path : null;
            if (Read(scope.Key(settings.Admin), path, out var problem) is not { } keys)
            {
                faults.Add(ConfigurationError.Unreadable(option, shown, problem));
                continue;
            }

            if (keys.Select(key => SecretStrength.FindFault(key)).FirstOrDefault(fault => fault is not null) is { } weak)
                faults.Add(new ConfigurationError(option, shown, $"{(path.Length > 0 ? "holds a key that " : "")}{weak}.", MakeOne));
            var bytes = keys.Select(Encoding.UTF8.GetBytes).ToList();
            if (bytes.SelectMany(key => seen.Where(other => CryptographicOperations.FixedTimeEquals(other.Key, key))).Select(other => other.Of).FirstOrDefault() is { } other)
                faults.Add(new ConfigurationError(option, shown, $"is a secret of {other} too: whoever knows it for the one has the rights of the other.", MakeOne));
            seen.AddRange(bytes.Select(key => (key, option)));
        }

        return faults;
    }

    /// <summary>
    /// The secrets of those who are no operators: a backend that signs tokens, or that is asked, could drain the node with them. What is wrong
    /// with these is said elsewhere.
    /// </summary>
    private static IEnumerable<(byte[] Key, string Of)> Others(GatewaySettings settings)
    {
        foreach (var secret in KeyFiles.Load(settings.Jwt, [])?.Secrets ?? [])
            yield return (secret, "clients' tokens (Gateway:Auth:Jwt)");
        if (settings.SubscriptionTokens.HmacKey.Length > 0)
            yield return (Encoding.UTF8.GetBytes(settings.SubscriptionTokens.HmacKey), SubscriptionTokenKeyChecks.Option);
        if (settings.Authorizer.Secret.Length > 0)
            yield return (Encoding.UTF8.GetBytes(settings.Authorizer.Secret), "Gateway:Authorizer:Secret");
    }

    /// <summary>Null: the file cannot be read. An empty one may be filled later.</summary>
    private static string[]? Read(string key, string path, out string problem)
    {
        problem = "";
        if (path.Length == 0)
            return key.Length == 0 ? [] : [key];
        try
        {
            return AdminKeySource.KeysOf(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"cannot be read: {e.Message}";
            return null;
        }
    }
}
