using Gateway.Load.Reports;

namespace Gateway.Load.Cluster;

/// <summary>What must hold wherever clients go from node to node.</summary>
internal static class ClusterChecks
{
    public static void Add(Report report, string prefix, BalancedCluster cluster)
    {
        var clients = cluster.Clients;
        report.Check(prefix + "no connection was cut without a close frame", clients.Cut == 0, $"{clients.Cut} of {clients.Moves + clients.Cut}");
        report.Check(prefix + "everybody was told when to come back", clients.NotTold == 0, $"{clients.NotTold} were not");
        report.Check(prefix + "all are back", clients.HaveAll(), $"{clients.Subscribed} are subscribed");
        report.Check(prefix + "nothing was lost", clients.Lost == 0 && clients.Missing() == 0, $"{clients.Lost} passed over, {clients.Missing()} did not come");
        report.Check(prefix + "nothing came twice or late", clients.Repeated == 0, $"{clients.Repeated}");
        report.Check(
            prefix + "what did not come before a close frame was on its way",
            clients.OnTheirWay.Percentile(100) <= clients.Latency.Percentile(100),
            $"{clients.OnTheirWay.Count} of {clients.Deliveries}, the oldest {clients.OnTheirWay.Percentile(100):0.0} ms; others took up to {clients.Latency.Percentile(100):0.0} ms");
        report.Check(prefix + "no publication was refused", cluster.Publications.Refusal is null, cluster.Publications.Refusal ?? "none");
        report.Check(prefix + "no error in the nodes' logs", cluster.Errors.Count == 0, cluster.Errors.Count == 0 ? "none" : cluster.Errors[0]);
    }
}
