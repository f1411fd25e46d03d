using System.CommandLine;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Fanout;

internal static class FanoutCommand
{
    public static Command Create()
    {
        var subscribers = CommonOptions.Count("--subscribers", "Clients, each subscribed to one channel.", 1000);
        var channels = CommonOptions.Count("--channels", "Channels, the subscribers spread over them.", 1, 1000);
        var size = CommonOptions.Count("--size", $"Bytes of a publication, {Stamp.MinBytes} at least.", 128, 1024 * 1024);
        var inFlight = CommonOptions.InFlight("Publications on their way; several values are measured in turn.", 1, 32);
        var rate = CommonOptions.Rate("Publications a second over all channels, in place of --in-flight.");
        var duration = CommonOptions.Seconds("--duration", "Seconds of each measurement.", 5);
        var rounds = CommonOptions.Count("--rounds", "Times that each value is measured; medians are reported.", 3, 100);
        var protocol = ProtocolOption.Create();
        return ScenarioCommand.Create(
            "fanout",
            "Publications to many subscribers: deliveries a second, latency, the node's CPU time for each; exactly once and in order is checked.",
            [subscribers, channels, size, inFlight, rate, duration, rounds, protocol],
            (loop, target, parsed) => FanoutScenario.Run(loop, target, new FanoutSettings(
                Math.Max(1, parsed.GetValue(subscribers)),
                Math.Max(1, parsed.GetValue(channels)),
                Math.Max(Stamp.MinBytes, parsed.GetValue(size)),
                parsed.GetValue(rate) > 0 ? [] : parsed.GetValue(inFlight)!,
                parsed.GetValue(rate),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Math.Max(1, parsed.GetValue(rounds)),
                parsed.GetValue(protocol)!)));
    }
}
