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
        var own = new Option<bool>("--own-channels") { Description = "Each subscriber has a channel of its own, in place of one for all." };
        var messages = CommonOptions.Count("--messages", "Publications that each subscriber has got before a step is measured.", 0, 10_000);
        var rest = CommonOptions.Seconds("--rest", "Seconds between the last of these and the measurement.", 60);
        return ScenarioCommand.Create(
            "idle",
            "Connections that only stand there: what each costs the node in memory, and what is left when they are gone.",
            [from, to, steps, protocol, own, messages, rest],
            (loop, target, parsed) => IdleScenario.Run(loop, target, new IdleSettings(
                Math.Max(1, parsed.GetValue(from)),
                parsed.GetValue(to),
                Math.Max(2, parsed.GetValue(steps)),
                parsed.GetValue(protocol)!,
                parsed.GetValue(own),
                parsed.GetValue(messages),
                TimeSpan.FromSeconds(parsed.GetValue(rest)))));
    }
}
