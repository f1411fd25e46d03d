using Gateway.Core.Framing;

namespace Gateway.Load.Client;

internal sealed partial class ClientPool
{
    private readonly byte[] _control = new byte[FrameHeader.MaxSize + FrameRules.MaxControlPayload];

    /// <summary>Sends bytes as they are. What the kernel does not take follows by itself.</summary>
    public void Send(int index, ReadOnlySpan<byte> bytes)
    {
        ref var client = ref _clients[index];
        if (client.Unsent is not null)
        {
            client.Unsent = [.. client.Unsent, .. bytes];
            return;
        }

        var sent = RawSocket.Send(client.Fd, bytes);
        if (sent < 0 || sent == bytes.Length)
            return; // a broken connection ends when it is read
        client.Unsent = bytes[sent..].ToArray();
        _loop.Poller.Modify(client.Fd, _token + (ulong)index, Readiness.In | Readiness.Out);
    }

    public void SendFrame(int index, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var room = payload.Length <= FrameRules.MaxControlPayload ? _control : new byte[FrameHeader.MaxSize + payload.Length];
        Send(index, room.AsSpan(0, ClientFrame.Write(room, opcode, payload)));
    }

    private void SendUnsent(int index)
    {
        ref var client = ref _clients[index];
        if (client.Unsent is null)
            return;
        var sent = RawSocket.Send(client.Fd, client.Unsent);
        client.Unsent = sent < client.Unsent.Length && sent >= 0 ? client.Unsent[sent..] : null;
        if (client.Unsent is null)
            _loop.Poller.Modify(client.Fd, _token + (ulong)index, Readiness.In);
    }
}
