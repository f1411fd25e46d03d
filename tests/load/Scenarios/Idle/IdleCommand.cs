using System.CommandLine;

namespace Gateway.Load.Scenarios.Idle;

internal static class IdleCommand
{
    public static Command Create()
    {
        var from = CommonOptions.Count("--from", "Connections at the first step.", 1000);
        var to = CommonOptions.Count("--to", "Connections at the last step.", 15_000);
        var steps = CommonOptions.Count("--steps", "Steps, 2 at least.", 5, 100);
        var protocol = ProtocolOption.Create();
        return ScenarioCommand.Create(
            "idle",
            "Connections that only stand there: what each costs the node in memory, and what is left when they are gone.",
            [from, to, steps, protocol],
            (loop, target, parsed) => IdleScenario.Run(loop, target, new IdleSettings(
                Math.Max(1, parsed.GetValue(from)), parsed.GetValue(to), Math.Max(2, parsed.GetValue(steps)), parsed.GetValue(protocol)!)));
    }
}
