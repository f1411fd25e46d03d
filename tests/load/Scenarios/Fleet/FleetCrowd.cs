using System.Net;
using Gateway.Load.Client;

namespace Gateway.Load.Scenarios.Fleet;

/// <summary>All clients of a fleet, in several processes: one may have 20,000 descriptors on many machines.</summary>
internal sealed class FleetCrowd : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly List<FleetClientProcess> _processes = [];

    public FleetCrowd(Loop loop, IPEndPoint[] nodes, FleetSettings settings)
    {
        loop.Observer.Phase = "starting clients";
        try
        {
            for (var first = 0; first < settings.Connections; first += settings.PerProcess)
                _processes.Add(new FleetClientProcess(nodes, first, Math.Min(settings.PerProcess, settings.Connections - first)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Open => _processes.Sum(process => process.Status.Open);

    public int Started => _processes.Sum(process => process.Status.Started);

    public long Deliveries => _processes.Sum(process => process.Status.Deliveries);

    /// <summary>Why the first connection that failed did; null: none has.</summary>
    public string? FirstFailure => _processes.Select(process => process.Status.FirstFailure).FirstOrDefault(failure => failure is not null);

    /// <summary>Whether each connection has opened or failed.</summary>
    public bool IsSettled
    {
        get
        {
            _processes.ForEach(process => process.CheckAlive());
            return _processes.TrueForAll(process => process.Status.IsSettled);
        }
    }

    public void Say(string line) => _processes.ForEach(process => process.Say(line));

    /// <summary>Tells all to end, and returns what each has counted.</summary>
    public IReadOnlyList<FleetResult> End(Loop loop, long published)
    {
        Say($"{FleetLine.End}{published}");
        if (!loop.RunUntil(() => _processes.TrueForAll(process => process.Result is not null || process.HasExited), Patience))
            throw new LoadException("A process of clients does not say what it has counted.");
        _processes.ForEach(process => process.CheckAlive());
        return [.. _processes.Select(process => process.Result!)];
    }

    public void Dispose() => _processes.ForEach(process => process.Dispose());
}
