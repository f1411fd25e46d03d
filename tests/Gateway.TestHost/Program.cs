using System.Text.Json;
using Gateway.Core;
using Gateway.Core.Brokers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.TestHost;
using Microsoft.Extensions.Logging.Abstractions;

// A node in a process of its own, whose inside a test may look at. It prints its port, then answers each line of standard input:
// "stats" with the node's counters as JSON, "collect" with the same after a full collection; it ends with standard input.
var options = new GatewayOptions();
options.Endpoints.Add(new EndpointOptions { Address = "0.0.0.0:0" });
options.Auth.AllowAnonymous = true;
options.Echo.Enabled = true;

using var metrics = new GatewayMetrics();
await using var broker = new InProcessBroker();
await using var node = new GatewayNode(options, broker, metrics, TimeProvider.System, NullLoggerFactory.Instance);
await using var server = new GatewayServer(options, node, metrics, TimeProvider.System, NullLoggerFactory.Instance);
await server.StartAsync(CancellationToken.None);
Console.WriteLine(server.EndPoints[0].Port);

while (Console.ReadLine() is { } command)
{
    if (command == "collect")
        Collect();
    Console.WriteLine(JsonSerializer.Serialize(NodeStats.Of(node)));
}

static void Collect()
{
    // Twice with the finalizers between: sockets have some.
    for (var i = 0; i < 2; i++)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
    }

    GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
}
