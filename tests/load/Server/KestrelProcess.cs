using System.Diagnostics;
using System.Net;
using Gateway.Load.Client;

namespace Gateway.Load.Server;

/// <summary>The peer that the gateway is compared with, <c>peers/kestrel</c>, in a process of its own on a free port of loopback.</summary>
internal sealed class KestrelProcess : IDisposable
{
    private const string Listening = "Listening: ";

    private readonly ChildProcess _child;

    /// <param name="loop">Passes the time while it starts.</param>
    /// <param name="certificate">With one it speaks TLS.</param>
    public KestrelProcess(Loop loop, LoopbackCertificate? certificate)
    {
        var start = new ProcessStartInfo("dotnet");
        string[] tls = certificate is null ? [] : ["--certificate", certificate.CertificatePath, "--key", certificate.KeyPath];
        foreach (var argument in (string[])[FindBuilt(), .. tls])
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        _child = new ChildProcess(start);
        var address = _child.WaitFor(loop, line => line.StartsWith(Listening, StringComparison.Ordinal) ? line[Listening.Length..] : null, "Kestrel does not start");
        EndPoint = IPEndPoint.Parse(new Uri(address).Authority);
    }

    public int Id => _child.Id;

    public IPEndPoint EndPoint { get; }

    public void Dispose() => _child.Dispose();

    /// <summary>The Release build next to this program's sources.</summary>
    private static string FindBuilt()
    {
        var built = Path.Combine(Repository.Root, "tests", "load", "peers", "kestrel", "bin", "Release", "net10.0", "Gateway.Load.Kestrel.dll");
        return File.Exists(built) ? built : throw new LoadException($"{built} is missing: dotnet build -c Release tests/load/peers/kestrel.");
    }
}
