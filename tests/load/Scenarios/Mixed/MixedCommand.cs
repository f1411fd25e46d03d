using System.CommandLine;

namespace Gateway.Load.Scenarios.Mixed;

internal static class MixedCommand
{
    public static Command Create()
    {
        var mixed = new MixedOptions();
        var duration = CommonOptions.Seconds("--duration", "Seconds.", 10);
        return ScenarioCommand.Create(
            "mixed",
            "Everything at once, each at its rate: subscribers of several channels, echo, clients that subscribe and unsubscribe.",
            [.. mixed.All, duration],
            (loop, target, parsed) => MixedScenario.Run(loop, target, mixed.Read(parsed), TimeSpan.FromSeconds(parsed.GetValue(duration))));
    }
}
