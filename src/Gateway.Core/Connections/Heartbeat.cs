namespace Gateway.Core.Connections;

/// <summary>
/// The one clock of all connections: no connection has a timer. Each tick visits a part of the registry, so that the pings of a
/// hundred thousand clients are spread, and every connection is visited once a second. Deadlines are that exact.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private const int TicksPerRound = 8;

    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(125);

    private readonly ConnectionRegistry _registry;
    private readonly TimeProvider _time;
    private readonly Action<long> _onRound;
    private readonly Action<Exception> _fault;
    private readonly long _start;
    private readonly ITimer _timer;
    private long _now;
    private int _tick;
    private int _isTicking;

    /// <param name="registry">The connections.</param>
    /// <param name="time">Clock.</param>
    /// <param name="onRound">Called once a round, with <see cref="Now"/>.</param>
    /// <param name="fault">Told of what <paramref name="onRound"/> throws.</param>
    public Heartbeat(ConnectionRegistry registry, TimeProvider time, Action<long> onRound, Action<Exception>? fault = null)
    {
        (_registry, _time, _onRound, _fault) = (registry, time, onRound, fault ?? (static _ => { }));
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((Heartbeat)state!).Tick(), this, TickPeriod, TickPeriod);
    }

    /// <summary>Milliseconds since the node started, as of the last tick: free to read, at most a tick old.</summary>
    public long Now => Volatile.Read(ref _now);

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        // Timers overlap when a tick takes longer than its period: then one is left out.
        if (Interlocked.Exchange(ref _isTicking, 1) != 0)
            return;
        try
        {
            var now = (long)_time.GetElapsedTime(_start).TotalMilliseconds;
            Volatile.Write(ref _now, now);
            for (var stripe = _tick; stripe < ConnectionRegistry.Stripes; stripe += TicksPerRound)
            {
                foreach (var connection in _registry.Snapshot(stripe))
                    Visit(connection, now);
            }

            _tick = (_tick + 1) % TicksPerRound;
            if (_tick == 0)
                _onRound(now);
        }
#pragma warning disable CA1031 // A timer's callback that throws ends the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _fault(e);
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }

    private static void Visit(Connection connection, long now)
    {
        try
        {
            connection.OnTick(now);
        }
#pragma warning disable CA1031 // A fault of ours ends one connection, and the others have their turn.
        catch (Exception e)
#pragma warning restore CA1031
        {
            connection.OnFault(e);
            connection.Abort();
        }
    }
}
