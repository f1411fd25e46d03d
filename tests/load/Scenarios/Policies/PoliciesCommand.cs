using System.CommandLine;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Policies;

internal static class PoliciesCommand
{
    public static Command Create()
    {
        var policies = new Option<string[]>("--policies")
        {
            Description = "Rules for slow consumers, a node each.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["disconnect", "drop-oldest", "drop-newest", "conflate"],
        };
        var subscribers = CommonOptions.Count("--subscribers", "Clients that read.", 12_000);
        var slow = CommonOptions.Count("--slow", "Clients with a window of 16 KiB that come on top, in every second phase, and read slowly.", 3000);
        var every = CommonOptions.Seconds("--read-every", "Seconds between two reads of a slow one.", 10);
        var keys = CommonOptions.Count("--keys", "Keys of the publications, in turn.", 10, 1000);
        var size = CommonOptions.Count("--size", $"Bytes of a publication, {Stamp.MinBytes} at least.", 4096, 16 * 1024);
        var rate = new Option<double>("--rate") { Description = "Publications a second, to all; may be a fraction.", DefaultValueFactory = _ => 2.5 };
        var duration = CommonOptions.Seconds("--duration", "Seconds of each phase: long enough for a slow client to fall behind.", 30);
        var rounds = CommonOptions.Count("--rounds", "Pairs of phases; medians are compared.", 3, 100);
        var most = new Option<double>("--max-ratio") { Description = "The check's bound.", DefaultValueFactory = _ => 1.3 };
        return ScenarioCommand.Create(
            "policies",
            "What each rule for slow consumers costs those who read: their p99 with and without slow readers, in turn, and the node's memory meanwhile.",
            [policies, subscribers, slow, every, keys, size, rate, duration, rounds, most],
            (loop, target, parsed) => PoliciesScenario.Run(loop, target, new PoliciesSettings(
                parsed.GetValue(policies)!,
                Math.Max(1, parsed.GetValue(subscribers)),
                Math.Max(1, parsed.GetValue(slow)),
                TimeSpan.FromSeconds(parsed.GetValue(every)),
                Math.Max(1, parsed.GetValue(keys)),
                Math.Max(Stamp.MinBytes, parsed.GetValue(size)),
                parsed.GetValue(rate),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Math.Max(1, parsed.GetValue(rounds)),
                parsed.GetValue(most))),
            _ => TimeSpan.FromHours(1));
    }
}
