using System.CommandLine;

namespace Gateway.Load.Scenarios.Memory;

internal static class MemoryCommand
{
    public static Command Create()
    {
        var from = CommonOptions.Count("--from", "Connections at the first step.", 1000);
        var to = CommonOptions.Count("--to", "Connections at the last step.", 15_000);
        var steps = CommonOptions.Count("--steps", "Steps, 2 at least.", 5, 100);
        var rows = new Option<string[]>("--rows")
        {
            Description = "Kinds of connections, in turn, each with a server of its own.",
            DefaultValueFactory = _ => [.. MemoryRow.All.Select(row => row.Name)],
            AllowMultipleArgumentsPerToken = true,
        };
        rows.AcceptOnlyFromAmong([.. MemoryRow.All.Select(row => row.Name)]);
        return ScenarioCommand.Create(
            "memory",
            "What an idle connection costs in memory: plain, with permessage-deflate, over TLS, and the same on Kestrel.",
            [from, to, steps, rows],
            (loop, target, parsed) => MemoryScenario.Run(loop, target, new MemorySettings(
                Math.Max(1, parsed.GetValue(from)),
                parsed.GetValue(to),
                Math.Max(2, parsed.GetValue(steps)),
                [.. MemoryRow.All.Where(row => parsed.GetValue(rows)!.Contains(row.Name))])));
    }
}
