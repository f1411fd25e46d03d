using Gateway.Load.Client;
using Gateway.Load.Cluster;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Join;

internal static class JoinScenario
{
    private const string Newcomer = "newcomer";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Report Run(Loop loop, TargetSettings target, JoinSettings settings)
    {
        var sizes = settings.Cluster;
        loop.Observer.Phase = "starting";
        using var cluster = new BalancedCluster(loop, target, sizes, ("Gateway:Rebalance:Within", settings.Within.ToString()));
        var clients = cluster.Clients;
        for (var node = 1; node <= sizes.Nodes; node++)
            cluster.StartNode($"full-{node}");
        loop.Observer.Phase = "connecting";
        cluster.Connect();
        clients.Begin();

        loop.Observer.Phase = "joining";
        var start = Loop.Clock.GetTimestamp();
        cluster.StartNode(Newcomer);
        var joined = Loop.Clock.GetTimestamp(); // the load balancers send clients to it
        var mean = sizes.Connections / (sizes.Nodes + 1d);
        var wanted = (int)(mean * (100 - settings.TolerancePercent) / 100);
        var sharedAt = -1L;
        cluster.RunFor(settings.Within, Look);
        var end = Loop.Clock.GetTimestamp();
        loop.Observer.Phase = "resting";
        // Whoever was moved a second time for this newcomer would be so by now.
        cluster.RunFor(settings.Within / 2);
        cluster.RunUntil(clients.HaveAll, Patience);

        var report = new Report($"join: {sizes.Nodes} nodes with {sizes.Connections} clients, one more within {settings.Within.TotalSeconds:0} s, {sizes.Balance}");
        report.Add("the newcomer's clients", clients.Present(Newcomer), "");
        report.Add("mean of all nodes", mean, "");
        report.Add("clients that were moved", clients.Moves, "");
        report.Add("most clients that a node took in a second", clients.Arrivals.Nodes.Max(clients.Arrivals.Most), "");
        report.Add("away, from close frame to subscribed", clients.Absence);
        report.Note("closed with", string.Join(", ", clients.Closes.OrderBy(close => close.Key).Select(close => $"{close.Key}: {close.Value}")));
        report.Draw(clients.Arrivals.Draw("Clients that each node takes", start, end));
        report.Check(
            "the newcomer has its share in time",
            sharedAt >= 0,
            sharedAt < 0 ? $"{clients.Present(Newcomer)} of {wanted} within {settings.Within.TotalSeconds:0} s" : $"{wanted} after {Loop.Clock.GetElapsedTime(joined, sharedAt).TotalSeconds:0.0} s");
        report.Check("nobody was moved twice", clients.MostMoves <= 1, $"at most {clients.MostMoves} times");
        ClusterChecks.Add(report, "", cluster);
        return report;

        void Look()
        {
            if (sharedAt < 0 && clients.Present(Newcomer) >= wanted)
                sharedAt = Loop.Clock.GetTimestamp();
        }
    }
}
