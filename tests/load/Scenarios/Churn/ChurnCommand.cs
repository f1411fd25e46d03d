using System.CommandLine;

namespace Gateway.Load.Scenarios.Churn;

internal static class ChurnCommand
{
    public static Command Create()
    {
        var connections = CommonOptions.Count("--connections", "Clients, each with one command on its way.", 1000);
        var channels = CommonOptions.Count("--channels", "Channels among which they move.", 100, 10_000);
        var rate = CommonOptions.Rate("Commands a second over all clients, in place of one after the other.");
        var publications = CommonOptions.Count("--publications", "Publications a second over all channels, which must come between the acknowledgements.", 200, 100_000);
        var duration = CommonOptions.Seconds("--duration", "Seconds of each measurement.", 5);
        var rounds = CommonOptions.Count("--rounds", "Times that it is measured; medians are reported.", 3, 100);
        return ScenarioCommand.Create(
            "churn",
            "Clients that subscribe, ping, unsubscribe and go to the next channel: commands a second, latency, the node's CPU time for each; what is published comes between the acknowledgements only.",
            [connections, channels, rate, publications, duration, rounds],
            (loop, target, parsed) => ChurnScenario.Run(loop, target, new ChurnSettings(
                Math.Max(1, parsed.GetValue(connections)),
                Math.Max(1, parsed.GetValue(channels)),
                parsed.GetValue(rate),
                parsed.GetValue(publications),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Math.Max(1, parsed.GetValue(rounds)))));
    }
}
