using System.CommandLine;

namespace Gateway.Load.Scenarios.Reconnect;

internal static class ReconnectCommand
{
    public static Command Create()
    {
        var connections = CommonOptions.Count("--connections", "Clients that come and go.", 18_000);
        var cycles = CommonOptions.Count("--cycles", "Times that they do.", 2, 20);
        var growth = new Option<double>("--max-growth") { Description = "Percent that the heap of a cycle may differ from the first one's.", DefaultValueFactory = _ => 5 };
        return ScenarioCommand.Create(
            "reconnect",
            "Many connections, all closed at once, and again: everything that they took has come back.",
            [connections, cycles, growth],
            (loop, target, parsed) => ReconnectScenario.Run(loop, target, new ReconnectSettings(
                Math.Max(1, parsed.GetValue(connections)), Math.Max(2, parsed.GetValue(cycles)), parsed.GetValue(growth))));
    }
}
