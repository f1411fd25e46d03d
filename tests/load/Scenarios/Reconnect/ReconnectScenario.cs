using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Reconnect;

internal static class ReconnectScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Report Run(Loop loop, TargetSettings targetSettings, ReconnectSettings settings)
    {
        using var target = new Target(loop, targetSettings);
        byte[][] requests = [UpgradeExchange.Request("/"), UpgradeExchange.Request("/plain/load-reconnect")];
        using var pool = new ClientPool(loop, target.EndPoint, settings.Connections, client => requests[client % requests.Length], new SilentClients());
        var report = new Report($"reconnect: {settings.Connections} connections, {settings.Cycles} times");
        var heaps = Enumerable.Range(1, settings.Cycles).Select(cycle => Cycle(loop, target, pool, settings, report, $"cycle {cycle}: ")).ToList();
        if (heaps[0] is { } first)
        {
            var growth = heaps.Max(heap => Math.Abs((heap ?? 0) - first) / first * 100);
            report.Check("the managed heap is as after the first", growth <= settings.MaxGrowthPercent, $"{growth:0.0} % apart, at most {settings.MaxGrowthPercent} %");
        }

        return report;
    }

    /// <summary>
    /// The managed heap after it, less what is pinned: each pool thread that ever received keeps a block of its own, so that this part
    /// goes with the threads the pool happened to make (0.9 to 2.0 MB seen), not with connections. A leaked one is a rental, and counted.
    /// </summary>
    private static double? Cycle(Loop loop, Target target, ClientPool pool, ReconnectSettings settings, Report report, string prefix)
    {
        var admin = target.RequiredAdmin;
        var opening = Loop.Clock.GetTimestamp();
        pool.OpenUpTo(settings.Connections);
        report.Add(prefix + "opened", settings.Connections / Loop.Clock.GetElapsedTime(opening).TotalSeconds, "connections a second");
        // Each has its receive operation rented, every second one a subscription: were these zero now, zero later would say nothing.
        var open = admin.Metrics();
        report.Check(
            prefix + "all are counted",
            open.Connections == settings.Connections && open.Rented >= settings.Connections && open.Subscriptions == settings.Connections / 2,
            $"{open.Connections} connections, {open.Rented} rentals, {open.Subscriptions} subscriptions");

        var closing = Loop.Clock.GetTimestamp();
        pool.CloseAll();
        loop.RunUntil(() => IsEmpty(admin.Metrics()), Patience);
        report.Add(prefix + "gone after", Loop.Clock.GetElapsedTime(closing).TotalSeconds, "s");
        var left = admin.Metrics();
        report.Check(prefix + "nothing is left", IsEmpty(left), $"{left.Connections} connections, {left.Rented} rentals, {left.Subscriptions} subscriptions");
        var heap = FullCollection.HeapAfter(loop, target);
        var pinned = admin.Metrics().PinnedBytes;
        report.Add(prefix + "managed heap", (heap - pinned) / 1e6, "MB");
        report.Add(prefix + "pinned blocks of threads", heap is null ? null : pinned / 1e6, "MB");
        report.Add(prefix + "resident memory", target.Usage.ResidentBytes / 1e6, "MB");
        return heap - pinned;
    }

    private static bool IsEmpty(NodeMetrics metrics) => metrics is { Connections: 0, Rented: 0, Subscriptions: 0 };
}
