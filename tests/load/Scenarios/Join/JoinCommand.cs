using System.CommandLine;
using Gateway.Load.Cluster;

namespace Gateway.Load.Scenarios.Join;

internal static class JoinCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOptions(nodes: 3, connections: 9_000);
        var within = CommonOptions.Seconds("--within", "Seconds in which the new node is to have its share: Gateway:Rebalance:Within.", 30);
        var tolerance = CommonOptions.Count("--tolerance", "Percent that its share may be short of the mean.", 5, 50);
        return ScenarioCommand.Create(
            "join",
            "A node joins full ones behind load balancers, under publications: it gets its share in time, nobody is moved twice, nothing is lost.",
            [.. cluster.All, within, tolerance],
            (loop, target, parsed) => JoinScenario.Run(loop, target, new JoinSettings(
                cluster.Read(parsed),
                TimeSpan.FromSeconds(parsed.GetValue(within)),
                parsed.GetValue(tolerance))));
    }
}
