using Gateway.Load.Client;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios;

/// <summary>Time that passes, and CPU time that the node and the load use meanwhile.</summary>
internal sealed class Measurement
{
    private readonly Target _target;
    private readonly long _start = Loop.Clock.GetTimestamp();
    private readonly TimeSpan _nodeCpu;
    private readonly TimeSpan _loadCpu = Environment.CpuUsage.TotalTime;
    private readonly long _loadAllocated = GC.GetTotalAllocatedBytes();

    public Measurement(Target target) => (_target, _nodeCpu) = (target, target.Usage.Cpu);

    /// <summary>What it was, for so many things done.</summary>
    public MeasuredCost Per(long count)
    {
        var things = Math.Max(1, count);
        return new MeasuredCost(
            count / Loop.Clock.GetElapsedTime(_start).TotalSeconds,
            _target.Pid is null ? null : (_target.Usage.Cpu - _nodeCpu).TotalMicroseconds / things,
            (Environment.CpuUsage.TotalTime - _loadCpu).TotalMicroseconds / things,
            (GC.GetTotalAllocatedBytes() - _loadAllocated) / (double)things);
    }
}

/// <param name="PerSecond">Things done in a second.</param>
/// <param name="NodeMicroseconds">CPU time of the node for each; null: not known.</param>
/// <param name="LoadMicroseconds">CPU time of the load for each.</param>
/// <param name="LoadAllocated">Bytes that the load allocated for each: it must not collect garbage while it measures.</param>
internal readonly record struct MeasuredCost(double PerSecond, double? NodeMicroseconds, double LoadMicroseconds, double LoadAllocated);
