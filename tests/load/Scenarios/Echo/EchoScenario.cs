using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Echo;

internal static class EchoScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Report Run(Loop loop, TargetSettings targetSettings, EchoSettings settings)
    {
        using var target = new Target(loop, targetSettings, ("Gateway:Echo:Enabled", "true"));
        var clients = new EchoClients(settings.Connections, settings.Size);
        var request = UpgradeExchange.Request(target.PathOr("/echo"));
        using var pool = clients.Pool = new ClientPool(loop, target.EndPoint, settings.Connections, _ => request, clients);
        loop.Observer.Count("messages", () => clients.Returned, () => pool.Open);
        loop.Observer.Phase = "connecting";
        pool.OpenUpTo(settings.Connections);
        int[] modes = settings.InFlight.Length > 0 ? settings.InFlight : [0];
        loop.Observer.Phase = "warming up";
        Measure(loop, target, clients, settings, modes[0], settings.Duration / 2, null); // is not reported

        var rounds = new Rounds("messages", "message");
        for (var round = 1; round <= settings.Rounds; round++)
        {
            foreach (var mode in modes)
            {
                loop.Observer.Phase = $"round {round}, {NameOf(settings, mode)}";
                Measure(loop, target, clients, settings, mode, settings.Duration, rounds);
            }
        }

        var report = new Report($"echo: {settings.Connections} clients, {settings.Size} B, {settings.Rounds} × {settings.Duration.TotalSeconds} s, medians");
        rounds.AddTo(report);
        report.Add("node's resident memory", target.Usage.ResidentBytes / 1e6, "MB");
        clients.Check(report);
        return report;
    }

    private static string NameOf(EchoSettings settings, int inFlight) => inFlight > 0 ? $"{inFlight} in flight" : $"{settings.Rate} a second";

    private static void Measure(Loop loop, Target target, EchoClients clients, EchoSettings settings, int inFlight, TimeSpan duration, Rounds? rounds)
    {
        var before = clients.Returned;
        var measurement = new Measurement(target);
        if (inFlight > 0)
        {
            clients.Start(inFlight);
            loop.RunFor(duration);
        }
        else
        {
            clients.Latency.Reset();
            var timetable = new Timetable(settings.Rate, Loop.Clock.GetTimestamp());
            loop.RunFor(duration, () => clients.SendDue(loop, timetable));
        }

        var cost = measurement.Per(clients.Returned - before);
        clients.Stop();
        loop.RunUntil(() => clients.Returned == clients.Sent, Patience);
        rounds?.Add(NameOf(settings, inFlight), cost, clients.Latency); // the latest count too: they are the slow ones
    }
}
