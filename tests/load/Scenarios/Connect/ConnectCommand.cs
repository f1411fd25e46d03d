using System.CommandLine;

namespace Gateway.Load.Scenarios.Connect;

internal static class ConnectCommand
{
    public static Command Create()
    {
        var connections = CommonOptions.Count("--connections", "Handshakes of a storm; the connections stand until it is over.", 5000);
        var inFlight = CommonOptions.InFlight("Handshakes at once; several values are measured in turn.", 128);
        var rate = CommonOptions.Rate("Handshakes a second, however many that makes at once, in place of --in-flight.");
        var rounds = CommonOptions.Count("--rounds", "Storms of each kind; medians are reported.", 3, 100);
        var protocol = ProtocolOption.Create();
        return ScenarioCommand.Create(
            "connect",
            "Handshake storms: handshakes a second, latency from connect to the node's answer, and the node's CPU time for each.",
            [connections, inFlight, rate, rounds, protocol],
            (loop, target, parsed) => ConnectScenario.Run(loop, target, new ConnectSettings(
                Math.Max(1, parsed.GetValue(connections)),
                parsed.GetValue(rate) > 0 ? [] : parsed.GetValue(inFlight)!,
                parsed.GetValue(rate),
                Math.Max(1, parsed.GetValue(rounds)),
                parsed.GetValue(protocol)!)));
    }
}
