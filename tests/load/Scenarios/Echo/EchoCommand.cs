using System.CommandLine;

namespace Gateway.Load.Scenarios.Echo;

internal static class EchoCommand
{
    public static Command Create()
    {
        var connections = CommonOptions.Count("--connections", "Clients.", 100);
        var size = CommonOptions.Count("--size", $"Bytes of a message, {EchoClients.MinBytes} at least.", 125, 1024 * 1024);
        var inFlight = CommonOptions.InFlight("Messages of each client on their way; several values are measured in turn.", 1);
        var rate = CommonOptions.Rate("Messages a second over all clients, in place of --in-flight.");
        var duration = CommonOptions.Seconds("--duration", "Seconds of each measurement.", 5);
        var rounds = CommonOptions.Count("--rounds", "Times that each value is measured; medians are reported.", 3, 100);
        return ScenarioCommand.Create(
            "echo",
            "Messages there and back: messages a second, latency, and the node's CPU time for each.",
            [connections, size, inFlight, rate, duration, rounds],
            (loop, target, parsed) => EchoScenario.Run(loop, target, new EchoSettings(
                Math.Max(1, parsed.GetValue(connections)),
                Math.Max(EchoClients.MinBytes, parsed.GetValue(size)),
                parsed.GetValue(rate) > 0 ? [] : parsed.GetValue(inFlight)!,
                parsed.GetValue(rate),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Math.Max(1, parsed.GetValue(rounds)))));
    }
}
