using Gateway.Core.Framing;

namespace Gateway.Load.Client;

/// <summary>What a scenario does with the messages of its clients, which are numbers.</summary>
internal interface IClientHandler
{
    /// <summary>The upgrade is done.</summary>
    void OnOpen(int client);

    /// <summary>A text or binary message. Valid during the call only.</summary>
    void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload);

    /// <summary>All messages of one receive have been handed over.</summary>
    void OnReceived(int client);

    /// <summary>The handshake was refused with this HTTP status; the connection ends next.</summary>
    void OnRefused(int client, int status)
    {
    }

    /// <summary>The server's close frame has come; the connection ends next.</summary>
    void OnClosing(int client, ushort code)
    {
    }

    /// <summary>The connection has come to an end, or never came about.</summary>
    void OnEnd(int client)
    {
    }
}

/// <summary>Clients that only stand there.</summary>
internal sealed class SilentClients : IClientHandler
{
    public void OnOpen(int client)
    {
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
    }

    public void OnReceived(int client)
    {
    }
}
