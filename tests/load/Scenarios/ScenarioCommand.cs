using System.CommandLine;
using System.ComponentModel;
using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios;

/// <summary>Makes a subcommand of a scenario: its own options and the target's, a run, a report, an exit code.</summary>
internal static class ScenarioCommand
{
    private const int Held = 0;
    private const int Failed = 1;
    private const int NotRun = 2;

    /// <param name="name">The subcommand.</param>
    /// <param name="description">What it shows.</param>
    /// <param name="options">The scenario's own.</param>
    /// <param name="run">Reads its options and runs.</param>
    public static Command Create(
        string name, string description, IEnumerable<Option> options, Func<Loop, TargetSettings, ParseResult, Report> run)
    {
        var command = new Command(name, description);
        foreach (var option in options)
            command.Options.Add(option);
        var target = new TargetOptions();
        target.AddTo(command);
        // On a thread of its own, so that Ctrl+C is heard.
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, target, run, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(
        ParseResult parsed, TargetOptions target, Func<Loop, TargetSettings, ParseResult, Report> run, CancellationToken cancellation)
    {
        try
        {
            using var loop = new Loop(cancellation);
            var settings = target.Read(parsed);
            var report = run(loop, settings, parsed);
            Console.WriteLine(settings.Json ? report.ToJson() : report.ToText());
            return report.Holds ? Held : Failed;
        }
        catch (Exception e) when (e is LoadException or Win32Exception or HttpRequestException or UriFormatException)
        {
            Console.Error.WriteLine(e.Message);
            return NotRun;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted.");
            return NotRun;
        }
    }
}
