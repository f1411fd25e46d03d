using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Fleet;

/// <summary>A process of clients, seen from the fleet.</summary>
internal sealed class FleetClientProcess : IDisposable
{
    private readonly ChildProcess _child;

    // Written on the thread that reads its output.
    private volatile FleetStatus _status = new(0, false, 0, 0, null);
    private volatile FleetResult? _result;

    public FleetClientProcess(IEnumerable<IPEndPoint> targets, int first, int count)
    {
        var own = Environment.ProcessPath!;
        var start = new ProcessStartInfo(own);
        if (Path.GetFileNameWithoutExtension(own) == "dotnet")
            start.ArgumentList.Add(typeof(FleetClientProcess).Assembly.Location);
        string[] arguments = [FleetClientsCommand.Name, FleetClientsCommand.First, Text(first), FleetClientsCommand.Count, Text(count), FleetClientsCommand.Targets];
        foreach (var argument in arguments.Concat(targets.Select(target => target.ToString())))
            start.ArgumentList.Add(argument);
        _child = new ChildProcess(start, Hear);
    }

    public FleetStatus Status => _status;

    /// <summary>Null until it has ended its count.</summary>
    public FleetResult? Result => _result;

    public bool HasExited => _child.HasExited;

    /// <summary>Fails when it has ended before it was told to.</summary>
    public void CheckAlive()
    {
        if (HasExited && _result is null)
            throw new LoadException($"A process of clients has ended, exit code {_child.ExitCode}:\n{string.Join('\n', _child.Lines.TakeLast(10))}");
    }

    public void Say(string line) => _child.Say(line);

    public void Dispose() => _child.Dispose();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Hear(string line)
    {
        if (FleetLine.ReadStatus(line) is { } status)
            _status = status;
        else if (FleetLine.ReadResult(line) is { } result)
            _result = result;
    }
}
