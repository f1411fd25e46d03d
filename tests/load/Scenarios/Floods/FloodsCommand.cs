using System.CommandLine;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Floods;

internal static class FloodsCommand
{
    public static Command Create()
    {
        var kinds = new Option<string[]>("--kinds")
        {
            Description = "Floods, a node each.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [.. Flood.All.Select(flood => flood.Name)],
        }.AcceptOnlyFromAmong([.. Flood.All.Select(flood => flood.Name)]);
        var subscribers = CommonOptions.Count("--subscribers", "Clients that only listen.", 500, 1600);
        var size = CommonOptions.Count("--size", $"Bytes of a publication, {Stamp.MinBytes} at least.", 128, 64 * 1024);
        var rate = CommonOptions.Rate("Publications a second, to all.", 50);
        var attack = CommonOptions.Count("--attack", "Handshakes of attackers a second, each ended and come back; 0: as many as this machine has time for.", 2000, 1_000_000);
        var duration = CommonOptions.Seconds("--duration", "Seconds of each phase.", 10);
        var rounds = CommonOptions.Count("--rounds", "Pairs of phases; medians are compared.", 5, 100);
        var most = new Option<double>("--max-ratio") { Description = "The check's bound.", DefaultValueFactory = _ => 1.5 };
        var wait = CommonOptions.Seconds("--max-wait", "Seconds in which a newcomer must have what is its own.", 3);
        return ScenarioCommand.Create(
            "floods",
            "Attackers that never end, and what that does to the others: their p99 without and with each flood, in turn, and how it is ended.",
            [kinds, subscribers, size, rate, attack, duration, rounds, most, wait],
            (loop, target, parsed) => FloodsScenario.Run(loop, target, new FloodsSettings(
                parsed.GetValue(kinds)!,
                Math.Max(1, parsed.GetValue(subscribers)),
                Math.Max(Stamp.MinBytes, parsed.GetValue(size)),
                Math.Max(1, parsed.GetValue(rate)),
                parsed.GetValue(attack),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Math.Max(1, parsed.GetValue(rounds)),
                parsed.GetValue(most),
                TimeSpan.FromSeconds(parsed.GetValue(wait)))),
            _ => TimeSpan.FromHours(1));
    }
}
