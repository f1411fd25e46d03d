using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using Gateway.Core.Addresses;
using Gateway.Core.Buffers;
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
    // Short beside Gateway:Tls:CrowdedTimeout.
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMilliseconds(250);

    // Of Gateway:Tls:CrowdedTimeout, what a client has in the thickest crowd: 250 ms by default, above the round trips of most networks.
    private const double LeastTime = 1.0 / 8;

    private readonly TlsOptions _options;
    private readonly TimeSpan _closeTimeout;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _sweep;
    private readonly TlsHandshakeQueue _queue;
    private readonly TrustedNetworks _proxies;
    private readonly FairPlaces<TlsHandshake> _places;
    private readonly ConcurrentDictionary<TlsHandshake, bool> _unfinished = new();
    private int _isGiving; // 1 while somebody gives free places away
    private int _freed; // changes whenever there may be one to give
    private volatile bool _isDisposed;

    public TlsHandshakes(GatewayOptions options, GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        (_options, _closeTimeout, _metrics, _time, _log) = (options.Tls, options.Transport.CloseTimeout, metrics, time, log);
        Faults = new FaultReporter("tls", Log.TlsFault, metrics, time, log);
        _queue = new TlsHandshakeQueue(Faults);
        _proxies = new TrustedNetworks(options.TrustedProxies);
        _places = new FairPlaces<TlsHandshake>(options.Tls.MaxHandshakes, options.Tls.MaxHandshakesPerAddress, IsLate);
        metrics.Meter.CreateObservableGauge("gateway.tls.handshakes.active", () => _places.Taken, "{handshake}", "TLS handshakes in progress.");
        metrics.Meter.CreateObservableGauge("gateway.tls.handshakes.waiting", () => _places.Waiting, "{handshake}", "Clients that wait for a place among the TLS handshakes in progress.");
        _sweep = time.CreateTimer(static state => ((TlsHandshakes)state!).Sweep(), this, SweepPeriod, SweepPeriod);
    }

    /// <summary>Connections whose handshake is not over, those that have failed and are read to their ends included.</summary>
    public IEnumerable<TlsHandshake> Unfinished => _unfinished.Select(static entry => entry.Key);

    /// <summary>Each ends its connection, and never a thread.</summary>
    public FaultReporter Faults { get; }

    /// <summary>What the node does against running out of memory.</summary>
    public Func<MemoryStage> MemoryStage { get; set; } = static () => Buffers.MemoryStage.Normal;

    public bool IsShortOfMemory => MemoryStage() >= Buffers.MemoryStage.RefusingUpgrades;

    public long Timestamp => _time.GetTimestamp();

    /// <summary>From here on the handshake's time runs.</summary>
    public void Add(TlsHandshake handshake)
    {
        handshake.StartedAt = _time.GetTimestamp();
        handshake.Patience = _options.HandshakeTimeout;
        _unfinished.TryAdd(handshake, true);
        if (_isDisposed)
            handshake.OnOverdue();
    }

    /// <summary>Has it begin as soon as there is a place for it.</summary>
    public void Enter(TlsHandshake handshake, EndPoint? remote)
    {
        handshake.ArrivedAt = Timestamp;
        // Behind a proxy that does not say whose it is, all clients have one address.
        var address = _proxies.Contain(remote) ? null : AddressKey.Of(remote);
        if (_places.TryTake(handshake.Place, address) && !handshake.TryBegin())
            Leave(handshake);
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
    public void Fail(TlsHandshake handshake, TlsHandshakeResult result, string reason, EndPoint? remote)
    {
        Count(result);
        Log.TlsHandshakeFailed(_log, remote, TlsHandshakeResults.Label(result), reason);
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
        foreach (var (handshake, _) in _unfinished)
            handshake.OnOverdue();
    }

    /// <summary>Its place is the next one's.</summary>
    public void Leave(TlsHandshake handshake)
    {
        _places.Leave(handshake.Place);
        Give();
    }

    /// <summary>
    /// Gives free places away, on one thread at a time and never within itself: one that begins may end at once, and leave its place to the next.
    /// </summary>
    private void Give()
    {
        Interlocked.Increment(ref _freed);
        while (true)
        {
            if (Interlocked.CompareExchange(ref _isGiving, 1, 0) != 0)
                return; // who gives looks again
            var seen = Volatile.Read(ref _freed);
            while (_places.TryGive(out var next))
            {
                if (!TryBegin(next))
                    _places.Leave(next.Place);
            }

            Volatile.Write(ref _isGiving, 0);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _freed) == seen)
                return;
        }
    }

    /// <summary>Whether it has waited so long that its client may well have gone before it is served.</summary>
    private bool IsLate(TlsHandshake handshake) => _time.GetElapsedTime(handshake.ArrivedAt) > _options.HandshakeTimeout / 3;

    private bool TryBegin(TlsHandshake handshake)
    {
        try
        {
            return handshake.TryBegin();
        }
#pragma warning disable CA1031 // A fault ends this handshake, and not whoever has left a place.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Faults.Report(e);
            return false;
        }
    }

    private void Sweep()
    {
        try
        {
            foreach (var (handshake, _) in _unfinished)
            {
                if (_time.GetElapsedTime(handshake.StartedAt) >= handshake.Patience)
                    handshake.OnOverdue();
            }

            if (_queue.HasEnough)
                return;
            var now = Timestamp;
            foreach (var handshake in _places.Displaced((handshake, time) =>
                handshake.AnsweredAt is > 0 and var at && _time.GetElapsedTime(at, now) >= _options.CrowdedTimeout * Math.Max(time, LeastTime)))
            {
                handshake.OnDisplaced();
            }
        }
#pragma warning disable CA1031 // The next sweep is a quarter of a second away.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Faults.Report(e);
        }
    }
}
