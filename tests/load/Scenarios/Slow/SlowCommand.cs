using System.CommandLine;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Slow;

internal static class SlowCommand
{
    public static Command Create()
    {
        var subscribers = CommonOptions.Count("--subscribers", "Clients that read.", 200);
        var share = CommonOptions.Count("--share", "Percent of them that come on top, in every second phase, and stop reading.", 10, 500);
        var size = CommonOptions.Count("--size", $"Bytes of a publication, {Stamp.MinBytes} at least.", 1024, 64 * 1024);
        var rate = CommonOptions.Count("--rate", "Publications a second.", 400, 100_000);
        var duration = CommonOptions.Seconds("--duration", "Seconds of each phase: long enough for a queue to fill.", 5);
        var rounds = CommonOptions.Count("--rounds", "Pairs of phases; medians are compared.", 5, 100);
        var most = new Option<double>("--max-ratio") { Description = "The check's bound.", DefaultValueFactory = _ => 1.5 };
        return ScenarioCommand.Create(
            "slow",
            "A share of readers that stop, and what that does to the others: their p99 with and without, in turn, in one run.",
            [subscribers, share, size, rate, duration, rounds, most],
            (loop, target, parsed) => SlowScenario.Run(loop, target, new SlowSettings(
                Math.Max(1, parsed.GetValue(subscribers)),
                Math.Max(1, Math.Max(1, parsed.GetValue(subscribers)) * parsed.GetValue(share) / 100),
                Math.Max(Stamp.MinBytes, parsed.GetValue(size)),
                Math.Max(1, parsed.GetValue(rate)),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Math.Max(1, parsed.GetValue(rounds)),
                parsed.GetValue(most))));
    }
}
