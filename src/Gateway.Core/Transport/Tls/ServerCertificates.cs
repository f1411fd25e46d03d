using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Security.Cryptography;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// The certificates that an endpoint serves now. Their files are compared with what was read before at every tick of a clock, by content:
/// that sees whatever way they are replaced, a Secret's swapped symlink included. A connection keeps the certificate it began with.
/// </summary>
internal sealed class ServerCertificates : IDisposable
{
    private readonly EndpointTlsOptions _options;
    private readonly string _option;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private volatile CertificateSet _current;
    private byte[] _seen; // the hash of the files as they were last judged
    private DateTimeOffset? _judgeAgainAt; // when the files that were turned down, or what is served in their place, become valid or cease to be
    private int _isReloading;

    /// <param name="options">The endpoint's options.</param>
    /// <param name="option">Where they stand, for messages: <c>Gateway:Endpoints:0:Tls</c>.</param>
    /// <param name="reloadInterval">How often the files are looked at.</param>
    /// <param name="metrics">Counts reloads.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    /// <exception cref="ListenException">Something is wrong with them.</exception>
    public ServerCertificates(EndpointTlsOptions options, string option, TimeSpan reloadInterval, GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        (_options, _option, _metrics, _time, _log) = (options, option, metrics, time, log);
        var faults = new List<TlsFault>();
        _seen = Hash();
        _current = CertificateSet.LoadServable(options, time.GetUtcNow(), faults)
            ?? throw new ListenException(string.Join('\n', faults.Select(fault => $"{option}:{fault}")));
        TellInvalid();
        _timer = time.CreateTimer(static state => ((ServerCertificates)state!).Reload(), this, reloadInterval, reloadInterval);
    }

    /// <summary>Seconds until each certificate expires, negative afterwards.</summary>
    public IEnumerable<Measurement<double>> SecondsToExpiry
    {
        get
        {
            var now = _time.GetUtcNow();
            return _current.Expiries.Select((expiry, index) => new Measurement<double>(
                (expiry - now).TotalSeconds,
                new("endpoint", _option),
                new("certificate", index == 0 ? "own" : $"{index - 1}")));
        }
    }

    /// <summary>For a client that asks for this host.</summary>
    public SslServerAuthenticationOptions Select(string? serverName) => _current.Select(serverName);

    public void Dispose() => _timer.Dispose();

    private void Reload()
    {
        if (Interlocked.Exchange(ref _isReloading, 1) != 0)
            return;
        try
        {
            var hash = Hash();
            var now = _time.GetUtcNow();
            if (hash.AsSpan().SequenceEqual(_seen) && !(now >= _judgeAgainAt))
                return;
            var faults = new List<TlsFault>();
            var loaded = CertificateSet.Load(_options, now, faults);
            (_seen, _judgeAgainAt) = (hash, null);
            if (loaded is not null && (!loaded.IsServable(now) || loaded.InvalidAt(now) > _current.InvalidAt(now)))
            {
                // What is served is better, for now, or as bad.
                faults.AddRange(loaded.Invalid);
                _judgeAgainAt = new[] { loaded.NextChange(now), _current.NextChange(now) }.Min();
                loaded = null;
            }

            if (loaded is not null)
            {
                _current = loaded;
                Log.CertificatesReloaded(_log, _option, loaded.Expiries.Min());
                TellInvalid();
            }
            else
            {
                Log.CertificatesNotReloaded(_log, _option, string.Join(' ', faults), _current.Expiries.Min());
            }

            _metrics.UnusableFiles.Set(UnusableFiles.Certificates, _option, isUnusable: loaded is null);
            _metrics.TlsReloads.Add(1, new KeyValuePair<string, object?>("result", loaded is null ? "failed" : "loaded"));
        }
        finally
        {
            Volatile.Write(ref _isReloading, 0);
        }
    }

    private void TellInvalid()
    {
        foreach (var fault in _current.Invalid)
            Log.CertificateInvalid(_log, $"{_option}:{fault}");
    }

    private byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in Paths().Where(path => path.Length > 0))
        {
            byte[] content;
            try
            {
                content = File.ReadAllBytes(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                content = []; // loading it says what is wrong
            }

            hash.AppendData(BitConverter.GetBytes(content.Length));
            hash.AppendData(content);
        }

        return hash.GetHashAndReset();
    }

    private IEnumerable<string> Paths() =>
        new CertificateOptions[] { _options }.Concat(_options.Certificates)
            .SelectMany(certificate => new[] { certificate.CertificatePath, certificate.KeyPath })
            .Append(_options.ClientCaPath);
}
