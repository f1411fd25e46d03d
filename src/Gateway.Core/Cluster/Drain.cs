using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Cluster;

/// <summary>
/// Empties a node in good order: it says that it is not ready, waits until load balancers know, then sends its clients away, idle ones first,
/// as fast as the other nodes can take them. Who is left shortly before the deadline is sent away at once, with moments to come back at that
/// are spread as the rate would have spread them. It can be called off, and begun again.
/// </summary>
internal sealed class Drain : IDisposable
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = 5 * TickPeriod;
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestSpread = TimeSpan.FromMinutes(1);

    private readonly ConnectionRegistry _registry;
    private readonly DrainOptions _options;
    private readonly Func<double?> _pace;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FaultReporter _faults;
    private readonly Lock _gate = new();
    private readonly TimeSpan _lastCall; // before the deadline: what a close takes
    private CancellationTokenSource? _run; // null: there is no drain; guarded by the lock
    private CancellationTokenSource? _drained; // the drain that has been said to be over; owned by the run
    private CancellationTokenSource? _overdue; // the drain that has been said not to be done in time; likewise
    private TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Departures _departures;
    private volatile DrainState _state;
    private long _startedAt; // UTC ticks, as the next
    private long _deadline;
    private double _rate;

    /// <param name="registry">The connections.</param>
    /// <param name="options">Delays and rates.</param>
    /// <param name="closeTimeout">How long a connection may take to end.</param>
    /// <param name="pace">Clients a second that the other nodes can take; null: not known.</param>
    /// <param name="faults">Told of faults of the drain itself.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">For operators.</param>
    public Drain(
        ConnectionRegistry registry, DrainOptions options, TimeSpan closeTimeout, Func<double?> pace, FaultReporter faults, TimeProvider time, ILogger log)
    {
        (_registry, _options, _pace, _faults, _time, _log) = (registry, options, pace, faults, time, log);
        _lastCall = closeTimeout < options.Timeout / 4 ? closeTimeout : options.Timeout / 4;
        _departures = new Departures(options.ReconnectWithin, LongestPause);
    }

    public DrainState State => _state;

    /// <summary>Clients a second that are sent away now.</summary>
    public double Rate => _state == DrainState.Draining ? Volatile.Read(ref _rate) : 0;

    /// <summary>Until the deadline, below zero afterwards; null: there is no drain.</summary>
    public TimeSpan? TimeLeft => _state == DrainState.None ? null : TimeOf(ref _deadline) - _time.GetUtcNow();

    public DrainStatus Status => _state == DrainState.None
        ? new DrainStatus(DrainState.None, null, null, 0, 0, _registry.Count)
        : new DrainStatus(_state, TimeOf(ref _startedAt), TimeOf(ref _deadline), Rate, _departures.Count, _registry.Count);

    /// <summary>Begins, or goes on with what has begun and gives it a new deadline. Completes when load balancers know.</summary>
    public Task Begin()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            Volatile.Write(ref _deadline, (now + _options.Timeout).UtcTicks);
            if (_run is not null)
                return _closing.Task;
            var run = _run = new CancellationTokenSource();
            _closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _departures = new Departures(_options.ReconnectWithin, LongestPause);
            Volatile.Write(ref _startedAt, now.UtcTicks);
            _state = DrainState.Unready;
            Log.DrainBegins(_log, _registry.Count, _options.UnreadyDelay.TotalSeconds);
            var closing = _closing;
            _ = Task.Run(() => RunAsync(run, closing), CancellationToken.None);
            return closing.Task;
        }
    }

    /// <summary>Calls it off: who is still there stays. False: there is none.</summary>
    public bool Cancel()
    {
        lock (_gate)
        {
            if (_run is null)
                return false;
            _run.Cancel();
            _run = null;
            _state = DrainState.None;
            Log.DrainCancelled(_log, _departures.Count, _registry.Count);
            return true;
        }
    }

    /// <summary>Ends it without a word: the node is gone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _run?.Cancel();
            _run = null;
        }
    }

    private static DateTimeOffset TimeOf(ref long ticks) => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    private async Task RunAsync(CancellationTokenSource run, TaskCompletionSource closing)
    {
        try
        {
            await Task.Delay(_options.UnreadyDelay, _time, run.Token).ConfigureAwait(false);
            Enter(DrainState.Draining, run);
            closing.TrySetResult();
            using var timer = new PeriodicTimer(TickPeriod, _time);
            var lastTick = _time.GetTimestamp();
            var lastReport = lastTick;
            while (true)
            {
                var now = _time.GetTimestamp();
                TickOrReport(_time.GetElapsedTime(lastTick, now), run);
                lastTick = now;
                if (_time.GetElapsedTime(lastReport, now) >= ReportPeriod && _state == DrainState.Draining)
                {
                    lastReport = now;
                    Log.DrainProgress(_log, _departures.Count, _registry.Count, Rate);
                }

                await timer.WaitForNextTickAsync(run.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            closing.TrySetCanceled(CancellationToken.None);
        }
    }

    /// <summary>Unless it has been called off meanwhile.</summary>
    private void Enter(DrainState state, CancellationTokenSource run)
    {
        lock (_gate)
        {
            if (_run != run || _state == state)
                return;
            _state = state;
        }

        // Once a drain: load balancers that do not look at readiness go on sending it one client after the other.
        if (state == DrainState.Drained && run != _drained)
        {
            _drained = run;
            Log.Drained(_log, _departures.Count);
        }
    }

    /// <summary>A fault must not end the drain: nobody else would send the clients away, and the node would stop with all of them on it.</summary>
    private void TickOrReport(TimeSpan elapsed, CancellationTokenSource run)
    {
        try
        {
            Tick(elapsed, run);
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            _faults.Report(e);
        }
    }

    private void Tick(TimeSpan elapsed, CancellationTokenSource run)
    {
        Volatile.Write(ref _rate, _pace() ?? _options.Rate);
        // Chosen anew when all have gone: load balancers may still send one, and in between others become idle.
        if (_departures.IsEmpty)
            _departures.Choose(_registry.All().Where(connection => connection.State is not (ConnectionState.Closing or ConnectionState.Closed)));
        if (_time.GetUtcNow() >= TimeOf(ref _deadline) - _lastCall)
            SendAll(run);
        else
            _departures.Send(_rate, elapsed, Farewell.Drain);
        Enter(_registry.Count > 0 ? DrainState.Draining : DrainState.Drained, run);
    }

    private void SendAll(CancellationTokenSource run)
    {
        if (_departures.IsEmpty)
            return;
        var waiting = _registry.Count;
        var spread = TimeSpan.FromSeconds(waiting / Math.Max(1, _rate));
        if (spread < _options.ReconnectWithin)
            spread = _options.ReconnectWithin;
        if (run != _overdue)
            Log.DrainOverdue(_log, waiting);
        _overdue = run; // once a drain, as its end is
        _departures.SendAll(spread < LongestSpread ? spread : LongestSpread, Farewell.Drain);
    }
}
