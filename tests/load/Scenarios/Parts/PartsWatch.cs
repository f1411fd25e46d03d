using Gateway.Load.Client;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>Looks at the node twice a second. A node that does not answer is looked at again: that it died, the loop notices.</summary>
internal sealed class PartsWatch(AdminApi admin)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private long _looked;

    public double MostConnections { get; private set; }

    public double MostWaiting { get; private set; }

    public double MostHeld { get; private set; }

    public double MostUsed { get; private set; }

    public double HighestStage { get; private set; }

    /// <summary>Looks that the admin side did not answer.</summary>
    public int Unanswered { get; private set; }

    /// <summary>What it found last, if it is time to look; else null.</summary>
    public NodeMetrics? Look()
    {
        var now = Loop.Clock.GetTimestamp();
        if (_looked != 0 && Loop.Clock.GetElapsedTime(_looked, now) < Interval)
            return null;
        _looked = now;
        try
        {
            var metrics = admin.Metrics();
            MostConnections = Math.Max(MostConnections, metrics.Connections);
            MostWaiting = Math.Max(MostWaiting, metrics.WaitingBytes);
            MostHeld = Math.Max(MostHeld, metrics.HeldBytes);
            MostUsed = Math.Max(MostUsed, metrics.UsedBytes);
            HighestStage = Math.Max(HighestStage, metrics.MemoryStage);
            return metrics;
        }
        catch (Exception e) when (e is LoadException or HttpRequestException)
        {
            Unanswered++;
            return null;
        }
    }
}
