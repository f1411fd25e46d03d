using System.Diagnostics;
using System.Globalization;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>
/// The attackers, in a process of their own, which has descriptors of its own, and takes of this machine only what it is told to: attackers have
/// machines of their own.
/// </summary>
internal sealed class PartAttackersProcess : IDisposable
{
    private readonly ChildProcess _child;

    // Written on the thread that reads its output.
    private volatile PartStatus _status = PartStatus.None;

    /// <param name="settings">What they are told.</param>
    /// <param name="nice">As nice(1) has it.</param>
    public PartAttackersProcess(PartSettings settings, int nice)
    {
        var own = Environment.ProcessPath!;
        var start = new ProcessStartInfo("nice");
        string[] program = Path.GetFileNameWithoutExtension(own) == "dotnet" ? [own, typeof(PartAttackersProcess).Assembly.Location] : [own];
        string[] proxy = settings.Proxy is null ? [] : [PartAttackersCommand.Proxy, settings.Proxy.ToString()];
        string[] tls = settings.IsTls ? [PartAttackersCommand.Tls] : [];
        string[] arguments =
        [
            "-n", Text(nice), .. program, PartAttackersCommand.Name,
            PartAttackersCommand.Target, settings.Target.ToString(), .. proxy, .. tls,
            PartAttackersCommand.Kinds, .. settings.Kinds.Select(kind => kind.Name),
            PartAttackersCommand.Sockets, Text(settings.Sockets),
            PartAttackersCommand.Rate, Text(settings.Rate),
            PartAttackersCommand.Addresses, Text(settings.Addresses),
            PartAttackersCommand.Pieces, Text(settings.Pieces),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _child = new ChildProcess(start, line => _status = PartStatus.Read(line) ?? _status);
    }

    /// <summary>As it was a second ago, or less.</summary>
    public PartStatus Status => _status;

    /// <summary>Fails when it has ended.</summary>
    public void CheckAlive()
    {
        if (_child.HasExited)
            throw new LoadException($"The process of attackers has ended, exit code {_child.ExitCode}:\n{string.Join('\n', _child.Lines.TakeLast(10))}");
    }

    /// <summary>Ends it, and with it all its connections at once.</summary>
    public void Dispose() => _child.Dispose();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
