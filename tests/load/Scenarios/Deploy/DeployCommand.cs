using System.CommandLine;
using Gateway.Load.Cluster;

namespace Gateway.Load.Scenarios.Deploy;

internal static class DeployCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOptions(nodes: 4, connections: 12_000);
        var acceptRate = CommonOptions.Count("--accept-rate", "Clients a second that each node says it can take: Gateway:Cluster:AcceptRate.", 100, 1_000_000);
        var from = new Option<string?>("--from") { Description = "Program of the nodes that are replaced, such as an older version. Default: the one that replaces them." };
        var unpaced = new Option<bool>("--unpaced") { Description = "A second deploy without pacing, for comparison.", DefaultValueFactory = _ => true };
        return ScenarioCommand.Create(
            "deploy",
            "A rolling deploy behind load balancers, under publications: nodes are replaced one by one. No storm, no cut, nothing lost.",
            [.. cluster.All, acceptRate, from, unpaced],
            (loop, target, parsed) => DeployScenario.Run(loop, target, new DeploySettings(
                cluster.Read(parsed),
                Math.Max(1, parsed.GetValue(acceptRate)),
                parsed.GetValue(from),
                parsed.GetValue(unpaced))));
    }
}
