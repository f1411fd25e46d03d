using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Pressure;

/// <summary>
/// Slow readers, each of a channel of its own, so that nothing of what waits for one is shared with another; healthy ones of another
/// channel; and a publisher of its own for either. Before, during and after.
/// </summary>
internal static class PressureScenario
{
    private const string HealthyChannel = "healthy";
    private const int HealthyRate = 50;
    private const int HealthySize = 128;

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Queues that may take far more together than the node has, so that it is the governor that acts.</summary>
    private static IEnumerable<(string, string)> NodeOptions(PressureSettings settings) =>
    [
        ("Gateway:Limits:MaxQueueBytes", "67108864"),
        ("Gateway:Transport:SendTimeout", "5m"),
        ("Gateway:Heartbeat:Interval", "10m"), // who reads slowly answers pings slowly
        ("Gateway:Rules:0:Pattern", "*"),
        ("Gateway:Rules:0:SlowConsumer", settings.Policy),
    ];

    public static Report Run(Loop loop, TargetSettings targetSettings, PressureSettings settings)
    {
        using var group = settings.GroupBytes > 0 ? new MemoryGroup(settings.GroupBytes, targetSettings.Server ?? GatewayProcess.FindBuilt()) : null;
        using var target = new Target(loop, group is null ? targetSettings : targetSettings with { Server = group.Program }, NodeOptions(settings));
        var healthy = new Subscribers(settings.Healthy, channels: 1);
        var healthyRequest = UpgradeExchange.Request("/plain/" + HealthyChannel);
        using var healthyPool = new ClientPool(loop, target.EndPoint, settings.Healthy, _ => healthyRequest, healthy);
        using var healthyPublisher = target.Publisher(loop, [HealthyChannel]);
        var healthyPublications = new Publications(healthyPublisher, 1, HealthySize);
        loop.Observer.Count("deliveries", () => healthy.Deliveries, () => healthyPool.Open);
        loop.Observer.Phase = "connecting";
        healthyPool.OpenUpTo(settings.Healthy);
        if (!loop.RunUntil(() => target.RequiredAdmin.Metrics().Subscriptions == settings.Healthy, Patience))
            throw new LoadException("Not every healthy client is subscribed.");

        var before = Phase(loop, "before", Calm, healthy, healthyPublications, _ => { });
        var watch = new PressureWatch(target);
        var readers = new PressedReaders(settings.Readers, settings.ReadEvery);
        var requests = Enumerable.Range(0, settings.Readers).Select(client => UpgradeExchange.Request($"/plain/slow-{client}")).ToArray();
        using var publisher = target.Publisher(loop, Enumerable.Range(0, settings.Readers).Select(client => $"slow-{client}"));
        var publications = new Publications(publisher, settings.Readers, settings.Size);
        double during;
        using (readers.Pool = new ClientPool(loop, target.EndPoint, settings.Readers, client => requests[client], readers, PressedReaders.ReceiveBuffer))
        {
            readers.Pool.Want(settings.Readers);
            during = Press(loop, settings, healthy, healthyPublications, readers, publications, watch);
        }

        loop.Observer.Phase = "easing";
        var eased = Loop.Clock.GetTimestamp();
        var isNormal = loop.RunUntil(() => target.RequiredAdmin.Metrics() is { MemoryStage: 0 } metrics && metrics.Connections == settings.Healthy, Patience);
        var easedSeconds = Loop.Clock.GetElapsedTime(eased).TotalSeconds;
        var refused = healthyPublications.Refused;
        var after = Phase(loop, "after", Calm, healthy, healthyPublications, _ => { });

        var report = new Report(
            $"pressure: {(settings.GroupBytes > 0 ? $"a control group of {settings.GroupBytes >> 20} MiB" : "no control group")}, {settings.Readers} slow readers, {settings.Rate}/s of {settings.Size} B to each, {settings.Policy}, {settings.Healthy} healthy ones, {settings.Duration.TotalSeconds} s");
        Tell(report, settings, readers, publications, watch, group);
        report.Add("healthy: p99 before", before, "ms");
        report.Add("healthy: p99 under pressure", during, "ms");
        report.Add("healthy: p99 after", after, "ms");
        report.Add("back to normal after", easedSeconds, "s");
        Check(report, settings, readers, publications, watch, group);
        var missing = healthy.Sequences.Lost + healthy.Missing(healthyPublications.Published);
        report.Check("the healthy lost nothing that was accepted", missing == healthyPublications.Refused * settings.Healthy, $"{missing} missing of {healthyPublications.Total} × {settings.Healthy}, {healthyPublications.Refused} publications were refused");
        report.Check("no healthy one was closed", healthyPool.Open == settings.Healthy, $"{healthyPool.Open} of {settings.Healthy} open");
        report.Check("the node returned to normal by itself", isNormal && healthyPublications.Refused == refused, $"after {easedSeconds:0.0} s");
        return report;
    }

    private static double Press(Loop loop, PressureSettings settings, Subscribers healthy, Publications healthyPublications, PressedReaders readers, Publications publications, PressureWatch watch)
    {
        var last = Loop.Clock.GetTimestamp();
        var timetable = new Timetable((double)settings.Rate * settings.Readers, last);
        return Phase(loop, "under pressure", settings.Duration, healthy, healthyPublications, now =>
        {
            // A publisher that the node slows down goes on from where it is: what it could not send in time is not made up for.
            if (publications.Total - publications.Answered < 256)
                publications.PublishDue(loop, timetable);
            else
                timetable = new Timetable((double)settings.Rate * settings.Readers, now);
            readers.GoOn(Loop.Clock.GetElapsedTime(last, now));
            last = now;
            watch.Look(readers.Refused, publications.Refused + healthyPublications.Refused);
            loop.WakeAt(now + (Loop.Clock.TimestampFrequency / 1000));
        });
    }

    /// <summary>The healthy ones' p99, in milliseconds.</summary>
    private static double Phase(Loop loop, string name, TimeSpan duration, Subscribers healthy, Publications publications, Action<long> eachTurn)
    {
        loop.Observer.Phase = name;
        healthy.Begin();
        var timetable = new Timetable(HealthyRate, Loop.Clock.GetTimestamp());
        loop.RunFor(duration, () =>
        {
            publications.PublishDue(loop, timetable);
            eachTurn(Loop.Clock.GetTimestamp());
        });
        loop.RunUntil(() => publications.AreAnswered && healthy.HaveAll(publications), TimeSpan.FromSeconds(5));
        return healthy.Latency.Percentile(99);
    }

    private static void Tell(Report report, PressureSettings settings, PressedReaders readers, Publications publications, PressureWatch watch, MemoryGroup? group)
    {
        report.Add("published to slow ones", publications.Total * settings.Size / 1e6, "MB");
        report.Add("read by slow ones", readers.Bytes / 1e6, "MB");
        report.Add("publications refused", publications.Refused, "");
        report.Add("upgrades refused", readers.Refused, "");
        foreach (var (code, count) in readers.Ends.OrderBy(end => end.Key))
            report.Add($"slow ones ended with {code}", count, "");
        foreach (var (stage, seconds) in watch.Stages.Where(stage => stage.Key > 0))
            report.Add($"stage {stage} after", seconds, "s");
        report.Add("waiting, most", watch.MostWaiting / 1e6, "MB");
        report.Add("used, most", watch.MostUsed / 1e6, "MB");
        if (group?.MostBytes is { } most)
            report.Add("used by the kernel's count, most", most / 1e6, "MB");
    }

    private static void Check(Report report, PressureSettings settings, PressedReaders readers, Publications publications, PressureWatch watch, MemoryGroup? group)
    {
        var ratio = (double)publications.Total * settings.Size / Math.Max(1, readers.Bytes);
        report.Check("the publisher was ten times faster than its readers", ratio >= 10, $"{ratio:0.0} ×");
        report.Check("backlogs were given up", watch.Shed is not null, $"after {watch.Shed:0.0} s");
        double[] order = [watch.Shed ?? 0, watch.UpgradeRefused ?? double.MaxValue, watch.PublicationRefused ?? double.MaxValue];
        report.Check(
            "the stages came in their order",
            order.SequenceEqual(order.Order()),
            $"backlogs after {watch.Shed:0.0} s, upgrades refused {(watch.UpgradeRefused is { } upgrade ? $"after {upgrade:0.0} s" : "never")}, publications {(watch.PublicationRefused is { } publication ? $"after {publication:0.0} s" : "never")}");
        if (group is not null)
            report.Check("the kernel ended nothing", group.Killed == 0, $"{group.Killed} processes");
    }
}
