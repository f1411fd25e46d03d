using System.CommandLine;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Neighbours;

internal static class NeighboursCommand
{
    public static Command Create()
    {
        var subscribers = CommonOptions.Count("--subscribers", "Clients that read.", 200);
        var stuck = CommonOptions.Count("--stuck", "Clients that stop reading, in every second phase.", 20);
        var size = CommonOptions.Count("--size", $"Bytes of a publication, {Stamp.MinBytes} at least.", 1024, 64 * 1024);
        var rate = CommonOptions.Count("--rate", "Publications a second.", 400, 100_000);
        var duration = CommonOptions.Seconds("--duration", "Seconds of each phase: long enough for a queue to fill.", 5);
        var rounds = CommonOptions.Count("--rounds", "Pairs of phases; medians are compared.", 5, 100);
        var most = new Option<double>("--max-ratio") { Description = "The check's bound.", DefaultValueFactory = _ => 1.5 };
        return ScenarioCommand.Create(
            "neighbours",
            "What clients that stop reading do to the others: their p99 with and without, in turn, in one run.",
            [subscribers, stuck, size, rate, duration, rounds, most],
            (loop, target, parsed) => NeighboursScenario.Run(loop, target, new NeighboursSettings(
                Math.Max(1, parsed.GetValue(subscribers)),
                Math.Max(1, parsed.GetValue(stuck)),
                Math.Max(Stamp.MinBytes, parsed.GetValue(size)),
                Math.Max(1, parsed.GetValue(rate)),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Math.Max(1, parsed.GetValue(rounds)),
                parsed.GetValue(most))));
    }
}
