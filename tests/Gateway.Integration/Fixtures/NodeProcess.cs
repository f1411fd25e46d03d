using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gateway.TestHost;

namespace Gateway.Integration.Fixtures;

/// <summary>A node in a process of its own, with a view of its inside.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;

    private NodeProcess(Process process) => _process = process;

    public int Port { get; private set; }

    public static async Task<NodeProcess> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", Path.Combine(AppContext.BaseDirectory, "Gateway.TestHost.dll"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var node = new NodeProcess(Process.Start(start)!);
        node.Port = int.Parse(await node.ReadLineAsync(), CultureInfo.InvariantCulture);
        return node;
    }

    /// <summary>The node's counters, after a full collection if asked for.</summary>
    public async Task<NodeStats> StatsAsync(bool collect = false)
    {
        await _process.StandardInput.WriteLineAsync(collect ? "collect" : "stats");
        await _process.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize<NodeStats>(await ReadLineAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        // Its standard input ends, and so does it.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new EndOfStreamException("The node's process has ended.");
}
