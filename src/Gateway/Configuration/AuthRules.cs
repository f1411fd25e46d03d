using Gateway.Auth;

namespace Gateway.Configuration;

/// <summary>Judges who may connect: the keys and their files, and that somebody has said whether a token is needed.</summary>
internal static class AuthRules
{
    private const string Section = "Gateway:Auth:";

    private const string AllowAnonymous = Section + "AllowAnonymous";

    /// <param name="settings">The settings.</param>
    /// <param name="known">Errors known already: nothing is said of options that have one.</param>
    public static IEnumerable<ConfigurationError> Check(GatewaySettings settings, IReadOnlyList<ConfigurationError> known)
    {
        if (known.Any(error => error.Option.StartsWith(Section, StringComparison.OrdinalIgnoreCase)))
            return [];
        var faults = new List<ConfigurationError>();
        KeyFiles.Load(settings.Jwt, faults);
        // Neither open to everybody nor closed by oversight. In Development the default is the answer: it is open.
        if (!settings.Jwt.HasKeys && !settings.IsDevelopment && settings.Configuration[AllowAnonymous] is null)
        {
            faults.Add(new ConfigurationError(
                AllowAnonymous,
                null,
                "nobody has said who may connect.",
                $"Name what checks clients' tokens ({Section}Jwt:JwksUri, {Section}Jwt:PublicKeyPath or {Section}Jwt:HmacKey), or set this to true to let everybody in without one."));
        }

        return faults;
    }
}
