using System.Collections.Concurrent;
using System.CommandLine;
using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Progress;
using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios.Fleet;

/// <summary>A process of clients, which the fleet starts. Not for people: it speaks <see cref="FleetLine"/>, and ends when its input does.</summary>
internal static class FleetClientsCommand
{
    public const string Name = "fleet-clients";
    public const string Targets = "--targets";
    public const string First = "--first";
    public const string Count = "--count";

    public static Command Create()
    {
        var targets = new Option<string[]>(Targets) { AllowMultipleArgumentsPerToken = true, Required = true };
        var first = new Option<int>(First);
        var count = new Option<int>(Count);
        var command = new Command(Name) { targets, first, count };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => Task.Factory.StartNew(
            () => Run([.. parsed.GetValue(targets)!.Select(IPEndPoint.Parse)], parsed.GetValue(first), parsed.GetValue(count), cancellation),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        return command;
    }

    private static int Run(IPEndPoint[] targets, int first, int count, CancellationToken interrupted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        var said = new ConcurrentQueue<string>();
        _ = Task.Run(() => Listen(said, end), CancellationToken.None);
        try
        {
            using var loop = new Loop(new Observer(new LineProgress(TextWriter.Null)), end.Token);
            using var clients = new FleetClients(loop, targets, first, count);
            clients.Run(said);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 1;
        }
    }

    private static void Listen(ConcurrentQueue<string> said, CancellationTokenSource end)
    {
        while (Console.In.ReadLine() is { } line)
            said.Enqueue(line);
        end.Cancel(); // whoever started it is gone
    }
}
