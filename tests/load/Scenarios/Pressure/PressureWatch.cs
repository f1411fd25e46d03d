using Gateway.Load.Client;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Pressure;

/// <summary>Looks at the node several times a second: which stage it is in, and when each began.</summary>
internal sealed class PressureWatch(Target target)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly long _start = Loop.Clock.GetTimestamp();
    private long _looked;

    /// <summary>Seconds until each stage was seen first.</summary>
    public SortedDictionary<int, double> Stages { get; } = [];

    /// <summary>Seconds until something was given up, an upgrade refused, a publication refused; null: none was.</summary>
    public double? Shed { get; private set; }

    public double? UpgradeRefused { get; private set; }

    public double? PublicationRefused { get; private set; }

    public double MostWaiting { get; private set; }

    public double MostUsed { get; private set; }

    public void Look(long upgradesRefused, long publicationsRefused)
    {
        var now = Loop.Clock.GetTimestamp();
        if (_looked != 0 && Loop.Clock.GetElapsedTime(_looked, now) < Interval)
            return;
        _looked = now;
        var metrics = target.RequiredAdmin.Metrics();
        var seconds = Loop.Clock.GetElapsedTime(_start, now).TotalSeconds;
        Stages.TryAdd((int)metrics.MemoryStage, seconds);
        if (metrics.Shed > 0)
            Shed ??= seconds;
        if (upgradesRefused > 0)
            UpgradeRefused ??= seconds;
        if (publicationsRefused > 0)
            PublicationRefused ??= seconds;
        MostWaiting = Math.Max(MostWaiting, metrics.WaitingBytes);
        MostUsed = Math.Max(MostUsed, metrics.UsedBytes);
    }
}
