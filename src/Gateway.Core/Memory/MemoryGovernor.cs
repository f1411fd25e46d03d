using Gateway.Core.Buffers;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Memory;

/// <summary>
/// Keeps the node within its budget, in stages: gives up the largest backlogs, then refuses clients, then publications. It looks several
/// times a second, and at once when what waits passes a mark.
/// </summary>
internal sealed class MemoryGovernor : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    // A look takes a core for a fraction of it.
    private static readonly TimeSpan BesideRest = TimeSpan.FromSeconds(2);

    private readonly MemoryBudget _budget;
    private readonly MemoryAccount _account;
    private readonly Shedding _shedding;
    private readonly Func<long> _used;
    private readonly ILogger _log;
    private readonly HeapSweep _sweep;
    private readonly CalmSweep _calm;
    private readonly Rarely _besideRest;
    private readonly Action _collectOfLittle;
    private readonly ITimer _timer;
    private readonly Action<Exception> _fault;
    private int _stage;
    private int _isLooking;

    /// <param name="budget">When which stage is reached.</param>
    /// <param name="account">What waits.</param>
    /// <param name="shedding">What can be given up.</param>
    /// <param name="used">Bytes in use, as the kernel counts.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    /// <param name="collect">Has the collector give back what it can; null: so it does.</param>
    /// <param name="fault">Told of what goes wrong; null: nobody is.</param>
    public MemoryGovernor(
        MemoryBudget budget, MemoryAccount account, Shedding shedding, Func<long> used, TimeProvider time, ILogger log, Action? collect = null, Action<Exception>? fault = null)
    {
        (_budget, _account, _shedding, _used, _log, _fault) = (budget, account, shedding, used, log, fault ?? (static _ => { }));
        (account.MaxBytes, account.MaxTotalBytes) = (budget.WaitingBytes, budget.TotalBytes);
        _sweep = new HeapSweep(time, collect ?? HeapSweep.CollectAll);
        _besideRest = new Rarely(time, BesideRest);
        _calm = new CalmSweep(time, () => Connections?.Invoke() ?? 0, () => account.TotalBytes, Release, Pack);
        _collectOfLittle = collect ?? HeapSweep.CollectAllOfLittle;
        account.Alarm = () => ThreadPool.UnsafeQueueUserWorkItem(static governor => governor.Look(), this, preferLocal: false);
        account.Arm(budget.Enter(MemoryStage.Shedding));
        _timer = time.CreateTimer(static governor => ((MemoryGovernor)governor!).Look(), this, Period, Period);
    }

    /// <summary>Gives back what is kept for later; before anybody loses something.</summary>
    public Action? Trim { get; init; }

    /// <summary>Has the collector look at the whole heap beside everybody's work.</summary>
    public Action CollectBeside { get; init; } = HeapSweep.CollectBeside;

    /// <summary>How many connections there are.</summary>
    public Func<int>? Connections { get; init; }

    /// <summary>What is done now.</summary>
    public MemoryStage Stage => (MemoryStage)Volatile.Read(ref _stage);

    /// <summary>The budget.</summary>
    public MemoryBudget Budget => _budget;

    /// <summary>What waits.</summary>
    public long WaitingBytes => _account.Bytes;

    /// <summary>What connections own.</summary>
    public long HeldBytes => _account.HeldBytes;

    /// <summary>Whether there is no room for another publication, also when that has come so fast that nobody has looked yet.</summary>
    public bool IsFull => _account.Bytes >= _budget.WaitingBytes;

    public void Dispose()
    {
        _timer.Dispose();
        _account.Alarm = null;
    }

    /// <summary>Looks, and acts. One thread at a time: whoever comes meanwhile leaves it to that one.</summary>
    internal void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
            return;
        try
        {
            var (before, used) = (Stage, _used());
            Move(used);
            if (Stage >= MemoryStage.Shedding)
                Shed(used, isNew: Stage > before);
            else
                _calm.OnLook();
        }
#pragma warning disable CA1031 // A timer's callback that throws ends the process, and out of memory is what it is looked at for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _fault(e);
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
            // The next mark above what waits: the one of shedding again, or of the next stage if shedding has not helped.
            var next = MemoryStage.Shedding;
            while (next < MemoryStage.RefusingPublications && _account.Bytes >= _budget.Enter(next))
                next++;
            _account.Arm(_budget.Enter(next));
        }
    }

    private void Release()
    {
        Trim?.Invoke();
        CollectBeside();
    }

    private void Pack()
    {
        var before = _used();
        _collectOfLittle();
        Trim?.Invoke(); // what finalizers have freed of the C library's
        Log.MemoryReturned(_log, before, _used());
    }

    private void Shed(long used, bool isNew)
    {
        var isMuchUsed = _budget.IsMuchUsed(used);
        // What is kept is used again at once where many come and go: it is given back when there is need, and not at every look, which would
        // make garbage of it as fast as it comes.
        if (isNew || isMuchUsed)
            Trim?.Invoke();
        if (_account.Bytes >= _budget.Leave(MemoryStage.Shedding))
        {
            _sweep.Postpone();
            _shedding.ShedTo(_budget.Leave(MemoryStage.Shedding) - 1);
        }

        if (_budget.IsHeldUp(_account.TotalBytes))
            _shedding.ShedHoldersTo(_budget.LeaveHeld);
        if (_budget.IsUsedUp(_used()))
            _shedding.ShedKernelBuffers();
        // What is given up while clients come and go is garbage for which the collector looks only when its own limit is near. With what stands
        // outside of its heap that is too late.
        if (isMuchUsed && _besideRest.Now())
            CollectBeside();
        used = _used();
        Move(used);
        // Little waits, and yet much is used: it is to be given back. Judged by what has been given up by now.
        if (Stage >= MemoryStage.Shedding && _budget.IsMuchUsed(used) && _account.Bytes < _budget.Leave(MemoryStage.Shedding))
        {
            _sweep.Offer(isUrgent: Stage >= MemoryStage.RefusingUpgrades);
            Move(_used());
        }
    }

    private void Move(long used)
    {
        var (waiting, held) = (_account.Bytes, _account.HeldBytes);
        var total = waiting + held;
        var (before, after) = (Stage, _budget.StageOf(waiting, total, used, Stage));
        if (before == after)
            return;
        Volatile.Write(ref _stage, (int)after);
        if (after == MemoryStage.Normal)
            _sweep.Reset();
        if (after > before)
            Log.MemoryShort(_log, after.Text(), waiting, _budget.WaitingBytes, held, total, _budget.TotalBytes, used, _budget.Bytes);
        else
            Log.MemoryEased(_log, after.Text(), waiting, _budget.WaitingBytes, held, total, _budget.TotalBytes, used, _budget.Bytes);
    }
}
