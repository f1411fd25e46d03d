using System.Security.Cryptography;
using System.Text;
using Gateway.Configuration;

namespace Gateway.Admin;

/// <summary>
/// The keys of one scope: the option's, or those of a file, one a line, so that the old and the new one both count while they are changed.
/// </summary>
internal sealed partial class AdminKeySource
{
    private readonly string _option;
    private readonly string _path;
    private readonly SecretFile? _file;
    private readonly ILogger _log;
    private Known _known = new("", []); // replaced as a whole: requests read it at once

    /// <param name="scope">Its name.</param>
    /// <param name="rights">What its keys may do.</param>
    /// <param name="option">The key; empty: the file has them.</param>
    /// <param name="path">The file.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">For operators.</param>
    public AdminKeySource(string scope, AdminRights rights, string option, string path, TimeProvider time, ILogger log)
    {
        (Scope, Rights, _option, _path, _log) = (scope, rights, option, path, log);
        _file = path.Length == 0 ? null : new SecretFile(path, time, log);
    }

    public string Scope { get; }

    public AdminRights Rights { get; }

    /// <summary>Whether there is a key, or is to be one. One that cannot be read is asked for as well, and nobody has it.</summary>
    public bool IsSet => _file is not null || _option.Length > 0;

    /// <summary>The keys of a file's text.</summary>
    public static string[] KeysOf(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether it is one of them. All are compared, by digests, which have equal lengths: the time tells nothing of any key.</summary>
    public bool Holds(byte[] digest)
    {
        var isOne = false;
        foreach (var known in Digests())
            isOne |= CryptographicOperations.FixedTimeEquals(digest, known);
        return isOne;
    }

    private byte[][] Digests()
    {
        var text = _file?.Text ?? _option;
        var known = _known;
        if (known.Text != text)
            _known = known = new Known(text, [.. KeysOf(text).Where(IsStrong).Select(static key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))]);
        return known.Digests;
    }

    /// <summary>A node does not start with a key that can be guessed; one that comes by a changed file must not count either.</summary>
    private bool IsStrong(string key)
    {
        if (SecretStrength.FindFault(key) is not { } fault)
            return true;
        LogWeak(_path, fault);
        return false;
    }

    [LoggerMessage(3112, LogLevel.Error, "A key in {Path} {Fault}, and does not count. Make one by openssl rand -hex 32.")]
    private partial void LogWeak(string path, string fault);

    private sealed record Known(string Text, byte[][] Digests);
}
