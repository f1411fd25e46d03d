using Gateway.Configuration;
using Gateway.Core.Telemetry;

namespace Gateway.Auth;

/// <summary>
/// The keys that tokens are checked with: those of the configuration and its files, read anew when a file's content changes, and those of the
/// JWK Set.
/// </summary>
internal sealed class JwtKeys : IDisposable
{
    private readonly JwtOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly ILogger _log;
    private readonly ITimer? _timer;
    private volatile KeyRing _own;
    private volatile Joined? _joined;
    private byte[] _seen; // the hash of the files as they were last judged
    private int _isReloading;

    /// <param name="options">Valid, their files too.</param>
    /// <param name="jwks">The JWK Set; null: there is none.</param>
    /// <param name="metrics">Counts reloads.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">For operators.</param>
    public JwtKeys(JwtOptions options, JwksSource? jwks, GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        (_options, Jwks, _metrics, _log) = (options, jwks, metrics, log);
        var faults = new List<ConfigurationError>();
        _seen = KeyFiles.Hash(options);
        _own = KeyFiles.Load(options, faults) ?? throw new InvalidDataException(string.Join('\n', faults));
        // By content, as certificates are: that sees a Secret's swapped symlink as well.
        if (options.HmacKeyPath.Length > 0 || options.PublicKeyPath.Length > 0)
            _timer = time.CreateTimer(static state => ((JwtKeys)state!).Reload(), this, options.ReloadInterval, options.ReloadInterval);
    }

    /// <summary>The JWK Set; null: there is none.</summary>
    public JwksSource? Jwks { get; }

    /// <summary>All that are trusted now.</summary>
    public KeyRing Current
    {
        get
        {
            var own = _own;
            if (Jwks?.Keys is not { } set)
                return own;
            // Joined once, not for each token.
            if (_joined is not { } joined || joined.Own != own || joined.Set != set)
                _joined = joined = new Joined(own, set, own.With(set));
            return joined.Both;
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Reload()
    {
        if (Interlocked.Exchange(ref _isReloading, 1) != 0)
            return;
        try
        {
            var hash = KeyFiles.Hash(_options);
            if (hash.AsSpan().SequenceEqual(_seen))
                return;
            var faults = new List<ConfigurationError>();
            var loaded = KeyFiles.Load(_options, faults);
            _seen = hash;
            if (loaded is not null)
            {
                _own = loaded;
                AuthLog.KeysReloaded(_log, loaded.Count);
            }
            else
            {
                AuthLog.KeysNotReloaded(_log, string.Join(' ', faults));
            }

            _metrics.UnusableFiles.Set(UnusableFiles.TokenKeys, "Gateway:Auth:Jwt", isUnusable: loaded is null);
            _metrics.TokenKeyReloads.Add(1, new("source", "files"), new("result", loaded is null ? "failed" : "loaded"));
        }
        finally
        {
            Volatile.Write(ref _isReloading, 0);
        }
    }

    private sealed record Joined(KeyRing Own, KeyRing Set, KeyRing Both);
}
