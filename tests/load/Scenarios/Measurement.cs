using Gateway.Load.Client;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios;

/// <summary>Time that passes, and what the node and the load use meanwhile.</summary>
internal sealed class Measurement
{
    private readonly Target _target;
    private readonly double? _sends;
    private readonly TimeSpan _nodeCpu;
    private readonly TimeSpan _loadCpu;
    private readonly long _loadAllocated;
    private readonly long _start;

    public Measurement(Target target)
    {
        _target = target;
        // Asked first here and last at the end: the question costs the node some time.
        _sends = target.Admin?.Metrics().Sends;
        _nodeCpu = target.Usage.Cpu;
        _loadCpu = Environment.CpuUsage.TotalTime;
        _loadAllocated = GC.GetTotalAllocatedBytes();
        _start = Loop.Clock.GetTimestamp();
    }

    /// <summary>What it was, for so many things done.</summary>
    public MeasuredCost Per(long count)
    {
        var things = Math.Max(1, count);
        var cost = new MeasuredCost(
            count / Loop.Clock.GetElapsedTime(_start).TotalSeconds,
            _target.Pid is null ? null : (_target.Usage.Cpu - _nodeCpu).TotalMicroseconds / things,
            (Environment.CpuUsage.TotalTime - _loadCpu).TotalMicroseconds / things,
            (GC.GetTotalAllocatedBytes() - _loadAllocated) / (double)things);
        return cost with { NodeSends = (_target.Admin?.Metrics().Sends - _sends) / things };
    }
}

/// <param name="PerSecond">Things done in a second.</param>
/// <param name="NodeMicroseconds">CPU time of the node for each; null: not known.</param>
/// <param name="LoadMicroseconds">CPU time of the load for each.</param>
/// <param name="LoadAllocated">Bytes that the load allocated for each: it must not collect garbage while it measures.</param>
/// <param name="NodeSends">System calls with which the node sent each; null: not known.</param>
internal readonly record struct MeasuredCost(
    double PerSecond, double? NodeMicroseconds, double LoadMicroseconds, double LoadAllocated, double? NodeSends = null);
