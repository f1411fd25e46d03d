using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Connect;

internal static class ConnectScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Report Run(Loop loop, TargetSettings targetSettings, ConnectSettings settings)
    {
        using var target = new Target(loop, targetSettings);
        var clients = new ArrivingClients();
        var request = UpgradeExchange.Request(target.PathOr(settings.Protocol == ProtocolOption.Plain ? "/plain/load-connect" : "/"));
        using var pool = clients.Pool = new ClientPool(loop, target.EndPoint, settings.Connections, _ => request, clients);
        loop.Observer.Count("handshakes", () => clients.Arrived, () => pool.Open);

        int[] modes = settings.InFlight.Length > 0 ? settings.InFlight : [0];
        loop.Observer.Phase = "warming up";
        var failed = Storm(loop, target, clients, settings, modes[^1], null); // is not reported
        var rounds = new Rounds("handshakes", "handshake");
        for (var round = 1; round <= settings.Rounds; round++)
        {
            foreach (var mode in modes)
            {
                loop.Observer.Phase = $"round {round}, {NameOf(settings, mode)}";
                failed += Storm(loop, target, clients, settings, mode, rounds);
            }
        }

        var report = new Report($"connect: storms of {settings.Connections} handshakes ({settings.Protocol}), {settings.Rounds} rounds, medians");
        rounds.AddTo(report);
        report.Add("node's resident memory", target.Usage.ResidentBytes / 1e6, "MB");
        report.Check("every handshake was accepted", failed == 0, $"{failed} were not. {pool.FirstFailure}");
        if (target.Admin is { } admin)
            report.Check("nothing is left", loop.RunUntil(() => admin.Metrics() is { Connections: 0, Rented: 0 }, Patience), "connections and rentals are zero at the end");
        return report;
    }

    private static string NameOf(ConnectSettings settings, int inFlight) => inFlight > 0 ? $"{inFlight} at once" : $"{settings.Rate} a second";

    /// <summary>Opens all and then, unmeasured, closes all. Returns how many were not accepted.</summary>
    private static int Storm(Loop loop, Target target, ArrivingClients clients, ConnectSettings settings, int inFlight, Rounds? rounds)
    {
        clients.Latency.Reset();
        var before = clients.Arrived;
        var measurement = new Measurement(target);
        if (inFlight > 0)
            clients.Pool.Want(settings.Connections, inFlight);
        else
            clients.Pool.Want(settings.Connections, new Timetable(settings.Rate, Loop.Clock.GetTimestamp()));
        loop.RunUntil(() => clients.Pool.IsSettled, Patience, inFlight > 0 ? null : clients.Pool.StartDue);
        var cost = measurement.Per(clients.Arrived - before);
        rounds?.Add(NameOf(settings, inFlight), cost, clients.Latency);

        var failed = settings.Connections - clients.Pool.Open;
        clients.Pool.CloseAll();
        if (target.Admin is { } admin)
            loop.RunUntil(() => admin.Metrics().Connections == 0, Patience);
        else
            loop.RunFor(TimeSpan.FromSeconds(1)); // nobody to ask: what closing costs should not be in the next storm's CPU time
        return failed;
    }
}
