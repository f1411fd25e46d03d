using System.CommandLine;
using Gateway.Load.Scenarios.Mixed;

namespace Gateway.Load.Scenarios.Soak;

internal static class SoakCommand
{
    private const double MostMinutes = 24 * 60;

    // For starting, settling and collecting.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    public static Command Create()
    {
        var mixed = new MixedOptions();
        var minutes = new Option<double>("--minutes") { Description = "Minutes of load.", DefaultValueFactory = _ => 10 };
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= MostMinutes))
                result.AddError($"--minutes: more than 0, at most {MostMinutes}.");
        });
        var stuck = CommonOptions.Count("--stuck", "Clients that subscribe and never read, opened anew when the node has closed them.", 20);
        var reconnects = CommonOptions.Count("--reconnects", "Further connections a second that are closed and opened anew.", 20, 1000);
        var growth = new Option<double>("--max-growth") { Description = "Percent by which memory may grow after the first quarter.", DefaultValueFactory = _ => 10 };
        return ScenarioCommand.Create(
            "soak",
            "The mixed load for long, with clients that stop reading and others that come and go: memory stays flat, nothing is lost, nothing is in the log.",
            [.. mixed.All, minutes, stuck, reconnects, growth],
            (loop, target, parsed) => SoakScenario.Run(loop, target, new SoakSettings(
                mixed.Read(parsed), Duration(parsed), parsed.GetValue(stuck), parsed.GetValue(reconnects), parsed.GetValue(growth))),
            parsed => Duration(parsed) + Margin);

        TimeSpan Duration(ParseResult parsed) => TimeSpan.FromMinutes(parsed.GetValue(minutes));
    }
}
