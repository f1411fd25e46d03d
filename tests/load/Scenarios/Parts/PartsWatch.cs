using Gateway.Load.Client;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>Looks at the node twice a second. A node that does not answer is looked at again: that it died, the loop notices.</summary>
internal sealed class PartsWatch(AdminApi admin)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private long _looked;
    private Task<NodeMetrics>? _look;

    public double MostConnections { get; private set; }

    public double MostWaiting { get; private set; }

    public double MostHeld { get; private set; }

    public double MostUsed { get; private set; }

    public double HighestStage { get; private set; }

    /// <summary>Looks that the admin side did not answer.</summary>
    public int Unanswered { get; private set; }

    /// <summary>What it has found since the last call; else null. Never waits: whoever measures calls it, and a busy node answers late.</summary>
    public NodeMetrics? Look()
    {
        if (_look is null && (_looked == 0 || Loop.Clock.GetElapsedTime(_looked) >= Interval))
        {
            _looked = Loop.Clock.GetTimestamp();
            _look = Task.Run(admin.Metrics);
        }

        if (_look is not { IsCompleted: true } done)
            return null;
        _look = null;
        NodeMetrics metrics;
        try
        {
            metrics = done.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is LoadException or HttpRequestException)
        {
            Unanswered++;
            return null;
        }

        MostConnections = Math.Max(MostConnections, metrics.Connections);
        MostWaiting = Math.Max(MostWaiting, metrics.WaitingBytes);
        MostHeld = Math.Max(MostHeld, metrics.HeldBytes);
        MostUsed = Math.Max(MostUsed, metrics.UsedBytes);
        HighestStage = Math.Max(HighestStage, metrics.MemoryStage);
        return metrics;
    }
}
