using Gateway.Load.Reports;

namespace Gateway.Load.Client;

/// <summary>Something whose descriptors the loop watches.</summary>
internal interface IPolled
{
    /// <summary>One of its descriptors is ready.</summary>
    void OnReady(int index, Readiness ready);
}

/// <summary>
/// The one thread that does everything: connections, publishers, and the scenario between two turns. So nothing here needs a lock, and
/// the load takes one core at most.
/// </summary>
internal sealed class Loop(Observer observer, CancellationToken cancellation) : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Paced = TimeSpan.FromMilliseconds(1);

    private readonly List<IPolled> _polled = [];
    private long _wakeAt = long.MaxValue;

    public Poller Poller { get; } = new();

    /// <summary>Looks at the run from the side.</summary>
    public Observer Observer => observer;

    public static TimeProvider Clock => TimeProvider.System;

    /// <summary>Returns the token of the object's first descriptor; the others follow.</summary>
    public ulong Register(IPolled polled)
    {
        _polled.Add(polled);
        return (ulong)(_polled.Count - 1) << 32;
    }

    /// <summary>The next turn ends at this timestamp, if nothing ends it before: a timetable's next item.</summary>
    public void WakeAt(long timestamp) => _wakeAt = Math.Min(_wakeAt, timestamp);

    /// <summary>Turns until the condition holds. False: it did not within the bound.</summary>
    /// <param name="isDone">Looked at after each turn.</param>
    /// <param name="atMost">The bound.</param>
    /// <param name="eachTurn">Done after each turn; makes turns at least every millisecond, unless it says when to wake.</param>
    public bool RunUntil(Func<bool> isDone, TimeSpan atMost, Action? eachTurn = null)
    {
        var start = Clock.GetTimestamp();
        while (!isDone())
        {
            if (Clock.GetElapsedTime(start) >= atMost)
                return false;
            Turn(eachTurn is null ? Idle : Paced);
            eachTurn?.Invoke();
        }

        return true;
    }

    /// <summary>Turns for so long.</summary>
    public void RunFor(TimeSpan duration, Action? eachTurn = null)
    {
        var start = Clock.GetTimestamp();
        RunUntil(() => Clock.GetElapsedTime(start) >= duration, duration, eachTurn);
    }

    public void Dispose() => Poller.Dispose();

    private void Turn(TimeSpan atMost)
    {
        cancellation.ThrowIfCancellationRequested();
        var now = Clock.GetTimestamp();
        observer.Look(now);
        if (_wakeAt != long.MaxValue)
            atMost = TimeSpan.FromTicks(Math.Clamp(Clock.GetElapsedTime(now, _wakeAt).Ticks, 0, Idle.Ticks));
        _wakeAt = long.MaxValue;
        var count = Poller.Wait(atMost);
        for (var i = 0; i < count; i++)
        {
            var (token, ready) = Poller[i];
            _polled[(int)(token >> 32)].OnReady((int)token, ready);
        }
    }
}
