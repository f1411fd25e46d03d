using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Scenarios.Mixed;
using Gateway.Load.Scenarios.Slow;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Soak;

internal static class SoakScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A third of the default: also a short soak sees clients closed.
    private static (string, string) SoonTooSlow => ("Gateway:Transport:SendTimeout", "10s");

    public static Report Run(Loop loop, TargetSettings targetSettings, SoakSettings settings)
    {
        using var target = new Target(loop, targetSettings, [MixedLoad.NodeOption, SoonTooSlow, .. SlowScenario.NodeOptions]);
        using var load = new MixedLoad(loop, target, settings.Mixed);
        using var passers = new Passers(loop, target, load.Audience, settings);
        var standing = target.Admin?.Metrics();
        var memory = new MemoryLog(target);
        var measurement = new Measurement(target);
        var before = load.Done;

        loop.Observer.Phase = "first quarter";
        var warm = Part(loop, target, load, passers, memory, settings.Duration / 4, standing);
        loop.Observer.Phase = "the rest";
        var last = Part(loop, target, load, passers, memory, settings.Duration * 3 / 4, standing);

        var cost = measurement.Per(load.Done - before);
        var report = new Report($"soak: {settings.Duration.TotalMinutes:0.##} minutes of mixed load, {settings.Stuck} clients that stop reading, {settings.Reconnects} reconnects a second");
        report.Add("messages to clients", cost.PerSecond, "/s");
        report.Add("node's CPU", cost.NodeMicroseconds, "µs a message");
        report.Add("load's CPU", cost.LoadMicroseconds, "µs a message");
        load.AddTo(report);
        report.Add("reconnects", passers.Reconnected, "");
        report.Add("clients closed for not reading", passers.Closed, "");
        load.Check(report);
        memory.AddTo(report, settings.MaxGrowthPercent);
        CheckCollected(report, warm, last, settings.MaxGrowthPercent);
        CheckNode(report, target, standing, passers, settings);
        return report;
    }

    /// <summary>Runs a part, then sends the passers away. Returns what is left after a full collection: the heap without the threads' blocks.</summary>
    private static Collected? Part(
        Loop loop, Target target, MixedLoad load, Passers passers, MemoryLog memory, TimeSpan duration, NodeMetrics? standing)
    {
        passers.Enter();
        load.Run(duration, () =>
        {
            passers.Turn();
            memory.Look();
        });
        passers.Leave();
        if (target.Admin is not { } admin)
            return null;
        loop.RunUntil(() => admin.Metrics().Connections <= standing!.Connections, Patience);
        return FullCollection.HeapAfter(loop, target) is { } heap ? new Collected(heap - admin.Metrics().PinnedBytes, target.Usage.ResidentBytes) : null;
    }

    private static void CheckCollected(Report report, Collected? warm, Collected? last, double maxGrowthPercent)
    {
        if (warm is not { } early || last is not { } late)
            return;
        report.Add("managed heap after the first quarter, collected", early.Heap / 1e6, "MB");
        report.Add("managed heap at the end, collected", late.Heap / 1e6, "MB");
        report.Add("resident memory after the first quarter, collected", early.Resident / 1e6, "MB");
        report.Add("resident memory at the end, collected", late.Resident / 1e6, "MB");
        var growth = (late.Heap - early.Heap) / early.Heap * 100;
        report.Check("the managed heap is flat", growth <= maxGrowthPercent, $"{growth:0.0} %, at most {maxGrowthPercent} %");
    }

    private static void CheckNode(Report report, Target target, NodeMetrics? standing, Passers passers, SoakSettings settings)
    {
        if (target.Admin is { } admin)
        {
            var metrics = admin.Metrics();
            report.Check("who went is gone", metrics.Connections == standing!.Connections, $"{metrics.Connections} connections, {standing.Connections} before");
            report.Check("slow consumers were closed", settings.Stuck == 0 || passers.Closed > 0, $"{passers.Closed} were, the node counts {metrics.SlowConsumers}");
        }

        if (target.Process is not { } process)
            return;
        report.Check("no error in the node's log", process.Errors.Count == 0, $"{process.Errors.Count} found");
        foreach (var (line, number) in process.Errors.Select((line, number) => (line, number)))
            report.Note($"log error {number + 1}", line);
    }

    /// <param name="Heap">Bytes.</param>
    /// <param name="Resident">Bytes.</param>
    private readonly record struct Collected(double Heap, double Resident);
}
