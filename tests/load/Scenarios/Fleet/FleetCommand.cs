using System.CommandLine;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Fleet;

internal static class FleetCommand
{
    private const int MostNodes = 50;

    public static Command Create()
    {
        var nodes = CommonOptions.Count("--nodes", "Nodes, each a process with an address of loopback of its own.", 3, MostNodes);
        var perNode = CommonOptions.Count("--connections", "Connections of each node; a process has 20,000 descriptors on many machines.", 5000);
        var perProcess = CommonOptions.Count("--per-process", "Connections of each process of clients, at most.", 15_000);
        var publications = CommonOptions.Count("--publications", "Publications that are measured.", 10, 100_000);
        var rate = new Option<double>("--rate") { Description = "Publications a second, in place of the next when one has reached all. May be a fraction.", DefaultValueFactory = _ => 0 };
        var size = CommonOptions.Count("--size", $"Bytes of a publication, {Stamp.MinBytes} at least.", 128, 64 * 1024);
        return ScenarioCommand.Create(
            "fleet",
            "Several nodes on one Redis, their clients in several processes: each publication reaches all. Says how far it got and what the first limit was.",
            [nodes, perNode, perProcess, publications, rate, size],
            (loop, target, parsed) => FleetScenario.Run(loop, target, new FleetSettings(
                Math.Max(1, parsed.GetValue(nodes)),
                Math.Max(1, parsed.GetValue(perNode)),
                Math.Max(1, parsed.GetValue(perProcess)),
                Math.Max(1, parsed.GetValue(publications)),
                parsed.GetValue(rate),
                Math.Max(Stamp.MinBytes, parsed.GetValue(size)))),
            parsed => TimeSpan.FromMinutes(20));
    }
}
