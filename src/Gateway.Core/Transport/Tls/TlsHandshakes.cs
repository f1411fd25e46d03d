using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// The node's TLS handshakes: how many are in progress at once, how long each may take, and on how many threads they run. A full one
/// costs about a millisecond of CPU: ten thousand clients that come back together must not stand in front of everything else that waits
/// for a pool thread.
/// </summary>
internal sealed class TlsHandshakes : IDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);

    private readonly TlsOptions _options;
    private readonly TimeSpan _closeTimeout;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _sweep;
    private readonly TlsHandshakeQueue _queue = new();
    private readonly ConcurrentDictionary<TlsHandshake, bool> _unfinished = new();
    private readonly Lock _gate = new();
    private readonly LinkedList<TlsHandshake> _waiting = new(); // guarded by the gate
    private int _inProgress; // guarded by the gate
    private volatile bool _isDisposed;

    public TlsHandshakes(GatewayOptions options, GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        (_options, _closeTimeout, _metrics, _time, _log) = (options.Tls, options.Transport.CloseTimeout, metrics, time, log);
        _sweep = time.CreateTimer(static state => ((TlsHandshakes)state!).Sweep(), this, SweepPeriod, SweepPeriod);
        metrics.Meter.CreateObservableGauge("gateway.tls.handshakes.active", () => _inProgress, "{handshake}", "TLS handshakes in progress.");
        metrics.Meter.CreateObservableGauge("gateway.tls.handshakes.waiting", () => _waiting.Count, "{handshake}", "Clients that wait for a place among the TLS handshakes in progress.");
    }

    /// <summary>Connections whose handshake is not over.</summary>
    public int Unfinished => _unfinished.Count;

    /// <summary>From here on the handshake's time runs.</summary>
    public void Add(TlsHandshake handshake)
    {
        handshake.StartedAt = _time.GetTimestamp();
        handshake.Patience = _options.HandshakeTimeout;
        _unfinished.TryAdd(handshake, true);
        if (_isDisposed)
            handshake.OnOverdue();
    }

    /// <summary>Takes a place. False: there is none; the handshake is resumed when there is.</summary>
    public bool TryEnter(TlsHandshake handshake)
    {
        lock (_gate)
        {
            if (handshake.HasPlace)
                return true; // resumed with one
            if (_inProgress >= _options.MaxHandshakes)
            {
                handshake.Waiting ??= _waiting.AddLast(handshake);
                return false;
            }

            _inProgress++;
            return handshake.HasPlace = true;
        }
    }

    /// <summary>Has the handshake's next step run.</summary>
    public void Post(TlsHandshake handshake) => _queue.Post(handshake);

    public void Succeed(TlsHandshake handshake, SslProtocols version)
    {
        _metrics.TlsHandshakes.Add(1, new("result", TlsHandshakeResults.Label(TlsHandshakeResult.Completed)), new("version", version == SslProtocols.Tls13 ? "1.3" : "1.2"));
        _metrics.TlsHandshakeDuration.Record(_time.GetElapsedTime(handshake.StartedAt).TotalSeconds);
        Remove(handshake);
    }

    /// <summary>The connection stays until its peer has ended too, for at most <c>Gateway:Transport:CloseTimeout</c>.</summary>
    public void Fail(TlsHandshake handshake, TlsHandshakeResult result, Exception? exception, EndPoint? remote)
    {
        Count(result);
        Log.TlsHandshakeFailed(_log, remote, TlsHandshakeResults.Label(result), exception?.GetBaseException().Message ?? "");
        handshake.StartedAt = _time.GetTimestamp();
        handshake.Patience = _closeTimeout;
        Leave(handshake);
    }

    public void Count(TlsHandshakeResult result) =>
        _metrics.TlsHandshakes.Add(1, new("result", TlsHandshakeResults.Label(result)), new("version", "none"));

    public void Remove(TlsHandshake handshake)
    {
        _unfinished.TryRemove(handshake, out _);
        Leave(handshake);
    }

    /// <summary>Ends all handshakes; none begins any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _sweep.Dispose();
        foreach (var handshake in _unfinished.Keys)
            handshake.OnOverdue();
    }

    private void Leave(TlsHandshake handshake)
    {
        TlsHandshake? next = null;
        lock (_gate)
        {
            if (handshake.Waiting is { List: not null } node)
                _waiting.Remove(node);
            if (!handshake.HasPlace)
                return;
            handshake.HasPlace = false;
            _inProgress--;
            if (_waiting.First is { } first && _inProgress < _options.MaxHandshakes)
            {
                next = first.Value;
                _waiting.RemoveFirst();
                next.HasPlace = true;
                _inProgress++;
            }
        }

        next?.Resume();
    }

    private void Sweep()
    {
        foreach (var handshake in _unfinished.Keys)
        {
            if (_time.GetElapsedTime(handshake.StartedAt) >= handshake.Patience)
                handshake.OnOverdue();
        }
    }
}
