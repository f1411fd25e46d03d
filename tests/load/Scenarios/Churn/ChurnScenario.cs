using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Churn;

internal static class ChurnScenario
{
    private const int PublicationBytes = 128;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Report Run(Loop loop, TargetSettings targetSettings, ChurnSettings settings)
    {
        using var target = new Target(loop, targetSettings);
        string[] channels = [.. Enumerable.Range(0, settings.Channels).Select(channel => $"load-churn-{channel}")];
        var clients = new ChurnClients(settings.Connections, channels);
        var request = UpgradeExchange.Request(target.PathOr("/"));
        using var pool = clients.Pool = new ClientPool(loop, target.EndPoint, settings.Connections, _ => request, clients);
        using var publisher = target.Publisher(loop, channels);
        var publications = new Publications(publisher, settings.Channels, PublicationBytes);
        loop.Observer.Count("commands", () => clients.Answered, () => pool.Open);
        loop.Observer.Phase = "connecting";
        pool.OpenUpTo(settings.Connections);
        loop.Observer.Phase = "warming up";
        Measure(loop, target, clients, publications, settings, settings.Duration / 2, null); // is not reported
        var rounds = new Rounds("commands", "command");
        for (var round = 1; round <= settings.Rounds; round++)
        {
            loop.Observer.Phase = $"round {round}";
            Measure(loop, target, clients, publications, settings, settings.Duration, rounds);
        }

        var report = new Report(
            $"churn: {settings.Connections} clients on {settings.Channels} channels, {settings.Publications} publications a second, {settings.Rounds} × {settings.Duration.TotalSeconds} s, medians");
        rounds.AddTo(report);
        report.Add("deliveries", clients.Deliveries, "");
        report.Add("node's resident memory", target.Usage.ResidentBytes / 1e6, "MB");
        clients.Check(report);
        report.Check("no publication was refused", publications.Refusal is null, publications.Refusal ?? "none was");
        CheckEmpty(loop, target, pool, report);
        return report;
    }

    private static void Measure(
        Loop loop, Target target, ChurnClients clients, Publications publications, ChurnSettings settings, TimeSpan duration, Rounds? rounds)
    {
        clients.Latency.Reset();
        var before = clients.Answered;
        var measurement = new Measurement(target);
        var publish = Timetable.StartingNow(settings.Publications);
        var commands = Timetable.StartingNow(settings.Rate);
        if (commands is null)
            clients.Start();
        loop.RunFor(duration, () =>
        {
            if (publish is not null)
                publications.PublishDue(loop, publish);
            if (commands is not null)
                clients.SendDue(loop, commands);
        });
        var cost = measurement.Per(clients.Answered - before);
        clients.Stop();
        loop.RunUntil(() => clients.Answered == clients.Sent, Patience);
        rounds?.Add(settings.Rate > 0 ? $"{settings.Rate} a second" : "closed loop", cost, clients.Latency); // the latest count too: they are the slow ones
    }

    private static void CheckEmpty(Loop loop, Target target, ClientPool pool, Report report)
    {
        if (target.Admin is not { } admin)
            return;
        pool.CloseAll();
        loop.RunUntil(() => admin.Metrics() is { Connections: 0, Rented: 0, Subscriptions: 0 }, Patience);
        var left = admin.Metrics();
        report.Check("nothing is left", left is { Connections: 0, Rented: 0, Subscriptions: 0 }, $"{left.Connections} connections, {left.Rented} rentals, {left.Subscriptions} subscriptions when all have closed");
    }
}
