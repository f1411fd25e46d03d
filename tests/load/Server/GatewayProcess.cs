using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Gateway.Load.Client;

namespace Gateway.Load.Server;

/// <summary>A node in a process of its own, on free ports of loopback.</summary>
internal sealed partial class GatewayProcess : IDisposable
{
    private readonly ChildProcess _child;

    /// <param name="program">A .dll, or an executable.</param>
    /// <param name="options">Options by their names; later ones win.</param>
    public GatewayProcess(string program, IEnumerable<(string Name, string Value)> options)
    {
        var isAssembly = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : program) { WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(program)) };
        if (isAssembly)
            start.ArgumentList.Add(Path.GetFullPath(program));
        (string, string)[] own =
        [
            ("Gateway:Endpoints:0:Address", "127.0.0.1:0"),
            ("Gateway:Admin:Address", "127.0.0.1:0"),
            ("Gateway:Auth:AllowAnonymous", "true"),
            ("Logging:LogLevel:Default", "Information"),
        ];
        foreach (var (name, value) in own.Concat(options))
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        _child = new ChildProcess(start);
    }

    public int Id => _child.Id;

    public bool HasExited => _child.HasExited;

    public int ExitCode => _child.ExitCode;

    /// <summary>What it logged last.</summary>
    public IReadOnlyList<string> Lines => _child.Lines;

    /// <summary>Errors and exceptions that it logged, the first ones.</summary>
    public IReadOnlyList<string> Errors => _child.Errors;

    /// <summary>The Release build of src/Gateway in the repository that this program was built in.</summary>
    public static string FindBuilt()
    {
        var built = Path.Combine(Repository.Root, "src", "Gateway", "bin", "Release", "net10.0", "Gateway.dll");
        return File.Exists(built) ? built : throw new LoadException($"{built} is missing: dotnet build -c Release src/Gateway, or give --server.");
    }

    /// <summary>The admin side's address, which the node logs when it listens.</summary>
    public IPEndPoint WaitForAdmin(Loop loop, Action? eachTurn = null) =>
        _child.WaitFor(loop, line => Address().Match(line) is { Success: true } match ? IPEndPoint.Parse(match.Groups[1].Value) : null, "The node does not start", eachTurn);

    /// <summary>Asks it to stop.</summary>
    public void Terminate() => _ = Libc.Kill(Id, Libc.SigTerm);

    public void Dispose() => _child.Dispose();

    [GeneratedRegex(@"http://(127(?:\.\d+){3}:\d+)")]
    private static partial Regex Address();
}
