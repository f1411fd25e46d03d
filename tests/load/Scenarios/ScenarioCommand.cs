using System.CommandLine;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Gateway.Load.Client;
using Gateway.Load.Progress;
using Gateway.Load.Reports;
using Gateway.Load.Server;
using Spectre.Console;

namespace Gateway.Load.Scenarios;

/// <summary>Makes a subcommand of a scenario: its own options and those that all have, a run, a report, an exit code.</summary>
internal static class ScenarioCommand
{
    private const int Held = 0;
    private const int Failed = 1;
    private const int NotRun = 2;

    // Above what any scenario takes with its options at their defaults.
    private static readonly TimeSpan UsualDeadline = TimeSpan.FromMinutes(15);

    // After the deadline: whatever holds the loop up, such as a request to a node that hangs, has as long to come back.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <param name="name">The subcommand.</param>
    /// <param name="description">What it shows.</param>
    /// <param name="options">The scenario's own.</param>
    /// <param name="run">Reads its options and runs.</param>
    /// <param name="deadline">When a run with these options is given up; null: as usual.</param>
    public static Command Create(
        string name,
        string description,
        IEnumerable<Option> options,
        Func<Loop, TargetSettings, ParseResult, Report> run,
        Func<ParseResult, TimeSpan>? deadline = null)
    {
        var command = new Command(name, description);
        foreach (var option in options)
            command.Options.Add(option);
        var target = new TargetOptions();
        target.AddTo(command);
        var output = new OutputOptions();
        output.AddTo(command);
        // On a thread of its own: so Ctrl+C is heard, and child processes, which end with the thread that made them, have one that stays.
        command.SetAction((parsed, cancellation) => Task.Factory.StartNew(
            () => Run(parsed, target, output, run, output.Deadline(parsed, deadline?.Invoke(parsed) ?? UsualDeadline), cancellation),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        return command;
    }

    private static int Run(
        ParseResult parsed,
        TargetOptions target,
        OutputOptions output,
        Func<Loop, TargetSettings, ParseResult, Report> run,
        TimeSpan deadline,
        CancellationToken interrupted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        end.CancelAfter(deadline);
        using var watchdog = Loop.Clock.CreateTimer(_ => GiveUp(deadline), null, deadline + Grace, Timeout.InfiniteTimeSpan);
        try
        {
            var progress = CreateProgress(parsed.CommandResult.Command.Name);
            var observer = new Observer(progress);
            using var loop = new Loop(observer, end.Token);
            var report = progress.Run(() => run(loop, target.Read(parsed), parsed));
            foreach (var chart in observer.Timeline.Charts(observer.Things))
                report.DrawCommon(chart);
            report.Settings = [.. SettingsOf(parsed), ("machine", $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}")];
            output.Write(parsed, report);
            return report.Holds ? Held : Failed;
        }
        catch (NodeEndedException e)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
        catch (Exception e) when (e is LoadException or Win32Exception or HttpRequestException or IOException or UriFormatException)
        {
            Console.Error.WriteLine(e.Message);
            return NotRun;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(interrupted.IsCancellationRequested ? "Interrupted." : end.IsCancellationRequested ? $"Given up after {deadline.TotalSeconds} s." : "The node's admin side does not answer.");
            return NotRun;
        }
    }

    private static IProgress CreateProgress(string title) => Console.IsErrorRedirected
        ? new LineProgress(Console.Error)
        : new TerminalProgress(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }), title);

    private static IEnumerable<(string Name, string Value)> SettingsOf(ParseResult parsed)
    {
        foreach (var option in parsed.CommandResult.Command.Options)
        {
            if (parsed.GetResult(option) is { Implicit: false } result)
                yield return (option.Name, string.Join(' ', result.Tokens.Select(token => token.Value)));
            else if (option.HasDefaultValue && option.GetDefaultValue() is { } value)
                yield return (option.Name, value is System.Collections.IEnumerable and not string ? string.Join(' ', ((System.Collections.IEnumerable)value).Cast<object>()) : $"{value}");
        }
    }

    /// <summary>The loop did not hear that its time is over.</summary>
    private static void GiveUp(TimeSpan deadline)
    {
        Console.Error.WriteLine($"Given up after {(deadline + Grace).TotalSeconds} s; something did not return.");
        ChildProcess.KillAll();
        Environment.Exit(NotRun);
    }
}
