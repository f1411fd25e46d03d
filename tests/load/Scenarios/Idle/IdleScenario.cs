using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Idle;

internal static class IdleScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Report Run(Loop loop, TargetSettings targetSettings, IdleSettings settings)
    {
        using var target = new Target(loop, targetSettings);
        // Plain subscribers share a channel, as the clients of one page do; native ones have said nothing yet.
        var request = UpgradeExchange.Request(target.PathOr(settings.Protocol == ProtocolOption.Plain ? "/plain/load-idle" : "/"));
        ClientPool pool = null!;
        IClientHandler handler = new SilentClients();
        if (settings.Protocol == ProtocolOption.SignalR)
            handler = new SignalRClients(settings.To, handler, () => pool);
        using var opened = pool = new ClientPool(loop, target.EndPoint, settings.To, _ => request, handler);
        var steps = settings.Counts.Select(count => Step(loop, target, pool, count)).ToList();
        pool.CloseAll();
        var isEmpty = target.Admin is null || loop.RunUntil(() => target.Admin.Metrics() is { Connections: 0, Rented: 0 }, Patience);
        var after = Memory(loop, target, 0);

        var report = new Report($"idle: {settings.From} to {settings.To} connections ({settings.Protocol})");
        foreach (var step in steps)
            Add(report, $"{step.Connections} connections: ", step);
        report.Add("resident memory", Statistics.Slope([.. steps.Select(step => (step.Connections, step.Resident))]), "B a connection");
        report.Add("resident memory, collected", Statistics.Slope([.. steps.Select(step => (step.Connections, step.ResidentCollected))]), "B a connection");
        if (after.Heap is not null)
            report.Add("managed heap", Statistics.Slope([.. steps.Select(step => (step.Connections, step.Heap ?? 0))]), "B a connection");
        Add(report, "all closed: ", after);
        report.Check("nothing is left", isEmpty, "connections and rentals are zero when all have closed");
        return report;
    }

    private static MemoryStep Step(Loop loop, Target target, ClientPool pool, int count)
    {
        pool.OpenUpTo(count);
        return Memory(loop, target, count);
    }

    private static MemoryStep Memory(Loop loop, Target target, int connections)
    {
        var resident = SettledMemory.Of(loop, () => target.Usage);
        var heap = FullCollection.HeapAfter(loop, target);
        return new MemoryStep(connections, resident, heap, SettledMemory.Of(loop, () => target.Usage));
    }

    private static void Add(Report report, string prefix, MemoryStep step)
    {
        report.Add(prefix + "resident memory", step.Resident / 1e6, "MB");
        report.Add(prefix + "collected", step.ResidentCollected / 1e6, "MB");
        report.Add(prefix + "managed heap", step.Heap / 1e6, "MB");
    }

    /// <param name="Connections">How many stood.</param>
    /// <param name="Resident">Bytes.</param>
    /// <param name="Heap">Bytes after a full collection; null: not known.</param>
    /// <param name="ResidentCollected">Bytes after it.</param>
    private readonly record struct MemoryStep(double Connections, double Resident, double? Heap, double ResidentCollected);
}
