using System.Security.Cryptography;
using System.Text;
using Gateway.Configuration;

namespace Gateway.Admin;

/// <summary>
/// The keys of API and console: the option's, or those of a file, one a line, so that the old and the new one both count while they are
/// changed.
/// </summary>
internal sealed class AdminKeys(GatewaySettings settings, TimeProvider time, ILogger<AdminKeys> log)
{
    private readonly SecretFile? _file = settings.Admin.ApiKeyPath.Length == 0 ? null : new SecretFile(settings.Admin.ApiKeyPath, time, log);
    private (string Text, byte[][] Digests) _known = ("", []);

    /// <summary>Whether a key is asked for. One that cannot be read is asked for as well, and nobody has it.</summary>
    public bool AreSet => _file is not null || settings.Admin.ApiKey.Length > 0;

    /// <summary>
    /// Who has sent this key, as the log may say: the first digits of its digest. Null: it is none. All are compared, by digests, which have
    /// equal lengths: the time tells nothing of any key.
    /// </summary>
    public string? Find(string key)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        var isKey = false;
        foreach (var known in Digests())
            isKey |= CryptographicOperations.FixedTimeEquals(digest, known);
        return isKey ? Convert.ToHexStringLower(digest)[..8] : null;
    }

    private byte[][] Digests()
    {
        var text = _file?.Text ?? settings.Admin.ApiKey;
        var known = _known;
        if (known.Text != text)
        {
            var keys = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            _known = known = (text, [.. keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))]);
        }

        return known.Digests;
    }
}
