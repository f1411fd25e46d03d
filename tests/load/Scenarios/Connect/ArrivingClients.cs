using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios.Connect;

/// <summary>Clients of which only the way in is looked at: from the time they should have begun to connect to the node's 101.</summary>
internal sealed class ArrivingClients : IClientHandler
{
    /// <summary>Set once, before the first client opens.</summary>
    public ClientPool Pool { get; set; } = null!;

    public Latency Latency { get; } = new();

    public long Arrived { get; private set; }

    public void OnOpen(int client)
    {
        Arrived++;
        Latency.Record(Pool.Clients[client].StartedAt);
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
    }

    public void OnReceived(int client)
    {
    }
}
