using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Load.Client;

/// <summary>
/// Clients of a SignalR hub, JSON protocol, without negotiation: each says which protocol it speaks, and what comes is a stream of records
/// that end with U+001E, however the server cuts it into messages and fragments. A record is handed on as a message.
/// </summary>
/// <param name="count">Clients.</param>
/// <param name="inner">Gets the records.</param>
/// <param name="pool">The clients; known before the first of them opens.</param>
internal sealed class SignalRClients(int count, IClientHandler inner, Func<ClientPool> pool) : IClientHandler
{
    private const byte RecordEnd = 0x1e;

    private static readonly byte[] Handshake = Encoding.UTF8.GetBytes("""{"protocol":"json","version":1}""" + (char)RecordEnd);

    // Of each client, a record whose end has not come.
    private readonly byte[]?[] _begun = new byte[]?[count];

    public void OnOpen(int client)
    {
        pool().SendFrame(client, Opcode.Text, Handshake);
        inner.OnOpen(client);
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (_begun[client] is { } begun)
            payload = (byte[])[.. begun, .. payload];
        for (int end; (end = payload.IndexOf(RecordEnd)) >= 0; payload = payload[(end + 1)..])
            inner.OnMessage(client, Opcode.Text, payload[..end]);
        _begun[client] = payload.IsEmpty ? null : payload.ToArray();
    }

    public void OnReceived(int client) => inner.OnReceived(client);
}
