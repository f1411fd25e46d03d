using Gateway.Load.Client;
using Gateway.Load.Progress;
using Gateway.Load.Server;

namespace Gateway.Load.Reports;

/// <summary>Looks at the run from the side, twice a second: what is done, and what the node's processes use. The loop asks it between two turns.</summary>
internal sealed class Observer(IProgress progress)
{
    private static readonly long Interval = Loop.Clock.TimestampFrequency / 2;

    private readonly long _start = Loop.Clock.GetTimestamp();
    private long _lookedAt = Loop.Clock.GetTimestamp();
    private TimeSpan _loadCpu = Environment.CpuUsage.TotalTime;
    private TimeSpan? _nodeCpu;
    private long _done;
    private Func<ProcessUsage?> _node = () => null;
    private Func<long> _count = () => 0;
    private Func<int> _open = () => 0;

    public Timeline Timeline { get; } = new();

    /// <summary>What is counted.</summary>
    public string Things { get; private set; } = "things";

    /// <summary>What the scenario is at.</summary>
    public string Phase { get; set; } = "starting";

    /// <summary>From here on the node is looked at.</summary>
    /// <param name="usage">Null: its processes are not known. Throws when one has ended.</param>
    public void WatchNode(Func<ProcessUsage?> usage) => (_node, _nodeCpu) = (usage, null);

    /// <summary>From here on these things are counted.</summary>
    /// <param name="things">What they are: the word in front of "a second".</param>
    /// <param name="done">How many there were; may begin anew.</param>
    /// <param name="open">Connections that stand.</param>
    public void Count(string things, Func<long> done, Func<int> open) => (Things, _count, _open, _done) = (things, done, open, done());

    /// <summary>Takes a sample if it is time.</summary>
    public void Look(long now)
    {
        if (now - _lookedAt < Interval)
            return;
        var seconds = Loop.Clock.GetElapsedTime(_lookedAt, now).TotalSeconds;
        var (usage, loadCpu, done) = (_node(), Environment.CpuUsage.TotalTime, _count());
        var sample = new Sample(
            Loop.Clock.GetElapsedTime(_start, now).TotalSeconds,
            Phase,
            _open(),
            done,
            Math.Max(0, done - _done) / seconds,
            usage is { } known && _nodeCpu is { } before ? Math.Max(0, (known.Cpu - before).TotalSeconds) / seconds : null,
            (loadCpu - _loadCpu).TotalSeconds / seconds,
            usage?.ResidentBytes);
        (_lookedAt, _nodeCpu, _loadCpu, _done) = (now, usage?.Cpu, loadCpu, done);
        Timeline.Add(sample);
        progress.Show(Things, sample);
    }
}
