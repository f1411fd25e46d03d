using System.Diagnostics;
using System.Net;
using Gateway.Load.Client;

namespace Gateway.Load.Server;

/// <summary>A redis-server for one run, without persistence.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly ChildProcess _child;

    public RedisServer(Loop loop)
    {
        EndPoint = FreeEndPoint.On(IPAddress.Loopback);
        var start = new ProcessStartInfo("redis-server") { WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in new[] { "--port", $"{EndPoint.Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--client-output-buffer-limit", "pubsub 0 0 0" })
            start.ArgumentList.Add(argument);
        _child = new ChildProcess(start);
        _child.WaitFor(loop, line => line.Contains("Ready to accept connections", StringComparison.Ordinal) ? line : null, "redis-server does not start");
    }

    public IPEndPoint EndPoint { get; }

    public void Dispose() => _child.Dispose();
}
