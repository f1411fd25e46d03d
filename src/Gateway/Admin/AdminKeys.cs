using System.Security.Cryptography;
using System.Text;
using Gateway.Configuration;

namespace Gateway.Admin;

/// <summary>The keys of API and console: an operator's, and those that may only publish, or only read.</summary>
internal sealed class AdminKeys(GatewaySettings settings, TimeProvider time, ILogger<AdminKeys> log)
{
    private readonly AdminKeySource[] _sources =
    [
        .. Scopes.Select(scope => new AdminKeySource(scope.Name, scope.Rights, scope.Key(settings.Admin), scope.Path(settings.Admin), time, log)).Where(source => source.IsSet),
    ];

    /// <summary>The scopes there are, and the options of each: a key's, and with <c>Path</c> behind it a file's.</summary>
    public static IReadOnlyList<AdminKeyScope> Scopes { get; } =
    [
        new("operator", AdminRights.All, "Gateway:Admin:ApiKey", static admin => admin.ApiKey, static admin => admin.ApiKeyPath),
        new("publish", AdminRights.Publish, "Gateway:Admin:PublishKey", static admin => admin.PublishKey, static admin => admin.PublishKeyPath),
        new("read", AdminRights.Read, "Gateway:Admin:ReadKey", static admin => admin.ReadKey, static admin => admin.ReadKeyPath),
    ];

    /// <summary>Whether a key is asked for.</summary>
    public bool AreSet => _sources.Length > 0;

    /// <summary>
    /// Whose key this is; null: nobody's. All scopes are looked at, whatever the first says. Files change while a node runs: a key that
    /// has come to stand in two of them may do no more than either lets it.
    /// </summary>
    public AdminKey? Find(string key)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        AdminKeySource? found = null;
        var rights = AdminRights.All;
        foreach (var source in _sources)
        {
            if (!source.Holds(digest))
                continue;
            found = source;
            rights &= source.Rights;
        }

        return found is null ? null : new AdminKey(found.Scope, rights, Convert.ToHexStringLower(digest)[..8]);
    }
}

/// <summary>A scope of keys.</summary>
/// <param name="Name">Its name, for the log.</param>
/// <param name="Rights">What its keys may do.</param>
/// <param name="Option">The option that holds a key.</param>
/// <param name="Key">Its value.</param>
/// <param name="Path">The value of the option that names a file.</param>
internal sealed record AdminKeyScope(string Name, AdminRights Rights, string Option, Func<AdminOptions, string> Key, Func<AdminOptions, string> Path);
