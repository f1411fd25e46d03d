using System.CommandLine;

namespace Gateway.Load.Scenarios.Stop;

internal static class StopCommand
{
    public static Command Create()
    {
        var subscribers = CommonOptions.Count("--subscribers", "Clients.", 1000);
        var rate = CommonOptions.Count("--rate", "Publications a second, until the end.", 100, 100_000);
        var duration = CommonOptions.Seconds("--duration", "Seconds under load before SIGTERM.", 2);
        var within = CommonOptions.Seconds("--within", "Seconds in which the node must have stopped.", 20);
        var protocol = ProtocolOption.Create();
        return ScenarioCommand.Create(
            "stop",
            "SIGTERM under load: every client sees a close frame, and the exit code is 0.",
            [subscribers, rate, duration, within, protocol],
            (loop, target, parsed) => StopScenario.Run(loop, target, new StopSettings(
                Math.Max(1, parsed.GetValue(subscribers)),
                Math.Max(1, parsed.GetValue(rate)),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                TimeSpan.FromSeconds(parsed.GetValue(within)),
                parsed.GetValue(protocol)!)));
    }
}
