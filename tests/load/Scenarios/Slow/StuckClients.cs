using Gateway.Core.Framing;
using Gateway.Load.Client;

namespace Gateway.Load.Scenarios.Slow;

/// <summary>Clients that subscribe and then never read.</summary>
internal sealed class StuckClients : IClientHandler
{
    /// <summary>The least a socket takes, so that what the node holds for them is in the node.</summary>
    public const int ReceiveBuffer = 4096;

    /// <summary>Set once, before the first client opens.</summary>
    public ClientPool Pool { get; set; } = null!;

    public void OnOpen(int client) => Pool.Pause(client);

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
    }

    public void OnReceived(int client)
    {
    }
}
