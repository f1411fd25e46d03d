using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Idle;

internal static class IdleScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Report Run(Loop loop, TargetSettings targetSettings, IdleSettings settings)
    {
        if (settings is { Messages: > 0, Subscribes: false })
            throw new LoadException("--messages needs subscribers: --protocol plain.");
        using var target = new Target(loop, targetSettings);
        byte[][] requests = [.. settings.Channels.Select(channel => UpgradeExchange.Request(target.PathOr(settings.Subscribes ? "/plain/" + channel : "/")))];
        ClientPool pool = null!;
        var subscribers = new IdleSubscribers(settings);
        IClientHandler handler = settings.Protocol == ProtocolOption.SignalR ? new SignalRClients(settings.To, subscribers, () => pool) : subscribers;
        using var opened = pool = new ClientPool(loop, target.EndPoint, settings.To, client => requests[client % requests.Length], handler);
        using var publisher = settings.Messages > 0 ? target.Publisher(loop, settings.Channels) : null;
        var steps = settings.Counts.Select(Step).ToList();
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

        MemoryStep Step(int count)
        {
            pool.OpenUpTo(count);
            if (publisher is not null)
                subscribers.Exercise(loop, publisher, count);
            return Memory(loop, target, count);
        }
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
