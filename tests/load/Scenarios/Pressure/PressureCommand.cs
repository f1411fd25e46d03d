using System.CommandLine;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Pressure;

internal static class PressureCommand
{
    public static Command Create()
    {
        var group = CommonOptions.Count("--group", "MiB that the node's control group may use, as a container's limit; for root. 0: no group; then set Gateway:Memory:BudgetBytes.", 512, 16 * 1024);
        var readers = CommonOptions.Count("--readers", "Clients with a window of 16 KiB that read slowly, each a channel of its own; they come back when they are closed.", 100, 2000);
        var every = CommonOptions.Seconds("--read-every", "Seconds between two reads of a slow one, of at most its window.", 0.5);
        var healthy = CommonOptions.Count("--healthy", "Clients that read all that comes, of another channel.", 200);
        var size = CommonOptions.Count("--size", $"Bytes of a publication to a slow one, {Stamp.MinBytes} at least.", 16 * 1024, 64 * 1024);
        var rate = CommonOptions.Rate("Publications a second to each slow one.", 40);
        var duration = CommonOptions.Seconds("--duration", "Seconds of the pressure.", 60);
        var policy = new Option<string>("--policy") { Description = "Rule for slow consumers.", DefaultValueFactory = _ => "disconnect" }
            .AcceptOnlyFromAmong("disconnect", "drop-oldest", "drop-newest");
        return ScenarioCommand.Create(
            "pressure",
            "A publisher far faster than its readers, on a node with little memory: what the node gives up, and what the others get meanwhile and afterwards.",
            [group, readers, every, healthy, size, rate, duration, policy],
            (loop, target, parsed) => PressureScenario.Run(loop, target, new PressureSettings(
                parsed.GetValue(group) * 1024L * 1024,
                Math.Max(1, parsed.GetValue(readers)),
                TimeSpan.FromSeconds(parsed.GetValue(every)),
                Math.Max(1, parsed.GetValue(healthy)),
                Math.Max(Stamp.MinBytes, parsed.GetValue(size)),
                Math.Max(1, parsed.GetValue(rate)),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                parsed.GetValue(policy)!)));
    }
}
