using Microsoft.Extensions.Logging;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Notices that the whole process stood still: stopped, out of CPU, paused with its machine, or collecting garbage. While it lasts nobody here
/// can say so; a tick that comes late can afterwards, so that what was late meanwhile has its reason.
/// </summary>
internal sealed class StallWatch : IDisposable
{
    /// <summary>Between two ticks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <summary>A tick that is less late than that is a busy machine's.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly EventCounter _stalls;
    private readonly Rarely _mayLog;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private long _ticks; // of all stalls
    private long _lastTick;
    private TimeSpan _collected;
    private Stall? _last;

    /// <param name="metrics">Counts stalls.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">For operators.</param>
    public StallWatch(GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        (_time, _log, _mayLog) = (time, log, new Rarely(time, Log.Interval));
        _stalls = new EventCounter(metrics.Meter, "gateway.stalls", "{stall}", "Times the whole process stood still for a second or more.");
        metrics.Meter.CreateObservableCounter(
            "gateway.stall.duration", () => TimeSpan.FromTicks(Volatile.Read(ref _ticks)).TotalSeconds, "s", "Time for which the whole process stood still, of the stalls of a second or more.");
        (_lastTick, _collected) = (time.GetTimestamp(), GC.GetTotalPauseDuration());
        _timer = time.CreateTimer(static watch => ((StallWatch)watch!).Tick(), this, Period, Period);
    }

    /// <summary>The last one; null: there was none.</summary>
    public Stall? Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>A moment at which the process ran.</summary>
    internal void Tick()
    {
        TimeSpan late, collecting;
        lock (_gate) // ticks that are late together come together
        {
            var (now, collected) = (_time.GetTimestamp(), GC.GetTotalPauseDuration());
            late = _time.GetElapsedTime(_lastTick, now) - Period;
            collecting = collected - _collected;
            (_lastTick, _collected) = (now, collected);
            if (late < Least)
                return;
            _last = new Stall(_time.GetUtcNow(), late);
            _ticks += late.Ticks;
        }

        _stalls.Add(1);
        if (_mayLog.Now())
            Log.Stalled(_log, late.TotalSeconds, collecting.TotalSeconds);
    }

    /// <summary>A time in which the process stood still.</summary>
    /// <param name="EndedAt">When it went on.</param>
    /// <param name="Duration">For how long it had not.</param>
    internal sealed record Stall(DateTimeOffset EndedAt, TimeSpan Duration);
}
