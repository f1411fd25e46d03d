using System.Globalization;
using Gateway.Load.Client;
using Gateway.Load.Cluster;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Deploy;

internal static class DeployScenario
{
    private const int NoCeiling = 1_000_000;

    private static readonly TimeSpan BeforeAndAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Report Run(Loop loop, TargetSettings target, DeploySettings settings)
    {
        var cluster = settings.Cluster;
        var report = new Report($"deploy: {cluster.Nodes} nodes, {cluster.Connections} clients, {cluster.Rate} publications/s, {settings.AcceptRate} clients/s a node, {cluster.Balance}");
        Deploy(loop, target, settings, settings.AcceptRate, report, "");
        if (settings.Unpaced)
            Deploy(loop, target, settings, NoCeiling, report, "not paced: ");
        return report;
    }

    private static void Deploy(Loop loop, TargetSettings target, DeploySettings settings, int acceptRate, Report report, string prefix)
    {
        var ceiling = acceptRate.ToString(CultureInfo.InvariantCulture);
        loop.Observer.Phase = prefix + "starting";
        using var cluster = new BalancedCluster(loop, target, settings.Cluster, ("Gateway:Cluster:AcceptRate", ceiling), ("Gateway:Drain:Rate", ceiling));
        for (var node = 1; node <= settings.Cluster.Nodes; node++)
            cluster.StartNode($"old-{node}", settings.From);
        loop.Observer.Phase = prefix + "connecting";
        cluster.Connect();
        cluster.RunFor(BeforeAndAfter);

        loop.Observer.Phase = prefix + "deploying";
        var clients = cluster.Clients;
        clients.Begin();
        var start = Loop.Clock.GetTimestamp();
        cluster.RunFor(BeforeAndAfter);
        var exitCodes = new List<int?>();
        var replaced = cluster.Running.ToList();
        for (var node = 1; node <= replaced.Count; node++)
        {
            cluster.StartNode($"new-{node}");
            exitCodes.Add(cluster.StopNode(replaced[node - 1]));
        }

        var end = Loop.Clock.GetTimestamp();
        cluster.RunFor(BeforeAndAfter);
        var calm = Loop.Clock.GetTimestamp();
        cluster.RunUntil(clients.HaveAll, Patience);

        report.Add(prefix + "deployed in", Loop.Clock.GetElapsedTime(start, end).TotalSeconds - BeforeAndAfter.TotalSeconds, "s");
        report.Add(prefix + "publications", cluster.Publications.Total, "");
        report.Add(prefix + "deliveries", clients.Deliveries, "");
        report.Add(prefix + "most clients that a node took in a second", clients.Arrivals.Nodes.Max(clients.Arrivals.Most), "");
        report.Add(prefix + "tries to come back that failed", clients.Refused, "");
        report.Add(prefix + "beyond after_ms until the welcome", clients.Handshake);
        report.Add(prefix + "away, from close frame to subscribed", clients.Absence);
        report.Add(prefix + "publish to receive", clients.Latency);
        report.Add(prefix + "publications on their way at a close frame", clients.OnTheirWay.Count, "");
        report.Add(prefix + "oldest of them", clients.OnTheirWay.Percentile(100), "ms");
        report.Note(prefix + "closed with", string.Join(", ", clients.Closes.OrderBy(close => close.Key).Select(close => $"{close.Key}: {close.Value}")));
        report.Draw(acceptRate == NoCeiling
            ? clients.Arrivals.Draw("Clients that each node takes, not paced", start, calm)
            : clients.Arrivals.Draw("Clients that each node takes, paced", start, calm, acceptRate));
        report.Check(prefix + "every node stopped well", exitCodes.TrueForAll(code => code == 0), string.Join(", ", exitCodes.Select(code => code?.ToString(CultureInfo.InvariantCulture) ?? "still running")));
        ClusterChecks.Add(report, prefix, cluster);
        if (acceptRate == NoCeiling)
            return; // what it is like without: to be looked at
        report.Check("everybody was taken at the first try", clients.Refused == 0, $"{clients.Refused} tries failed");
        foreach (var node in clients.Arrivals.Nodes.Order(StringComparer.Ordinal))
            report.Check($"{node} took at most twice its ceiling", clients.Arrivals.Most(node) <= 2 * acceptRate, $"{clients.Arrivals.Most(node)} in a second, its ceiling is {acceptRate}");
    }
}
