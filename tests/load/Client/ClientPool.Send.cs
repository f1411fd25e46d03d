using System.Buffers;
using Gateway.Core.Framing;

namespace Gateway.Load.Client;

internal sealed partial class ClientPool
{
    // Over all clients. A node that takes nothing any more would otherwise fill this process's memory.
    private const long MaxUnsent = 512L * 1024 * 1024;

    private byte[] _frame = new byte[FrameHeader.MaxSize + FrameRules.MaxControlPayload];
    private long _unsent;

    /// <summary>Sends bytes as they are. What the kernel does not take follows by itself.</summary>
    public void Send(int index, ReadOnlySpan<byte> bytes)
    {
        ref var client = ref _clients[index];
        if (client.State is not (ClientState.Upgrading or ClientState.Open))
            return;
        if (client.Unsent is not null)
        {
            KeepUnsent(ref client, bytes);
            return;
        }

        var sent = RawSocket.Send(client.Fd, bytes);
        if (sent < 0 || sent == bytes.Length)
            return; // a broken connection ends when it is read
        KeepUnsent(ref client, bytes[sent..]);
        Watch(index, ref client);
    }

    public void SendFrame(int index, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (_frame.Length < FrameHeader.MaxSize + payload.Length)
            _frame = new byte[FrameHeader.MaxSize + (2 * payload.Length)];
        Send(index, _frame.AsSpan(0, ClientFrame.Write(_frame, opcode, payload)));
    }

    private void SendUnsent(int index)
    {
        ref var client = ref _clients[index];
        if (client.Unsent is null)
            return;
        var sent = RawSocket.Send(client.Fd, client.Unsent.AsSpan(client.UnsentStart, client.UnsentEnd - client.UnsentStart));
        if (sent >= 0)
        {
            client.UnsentStart += sent;
            _unsent -= sent;
        }

        if (sent >= 0 && client.UnsentStart < client.UnsentEnd)
            return;
        DropUnsent(ref client);
        Watch(index, ref client);
    }

    /// <summary>Waits for what concerns the client now.</summary>
    private void Watch(int index, ref Client client) => _loop.Poller.Modify(
        client.Fd,
        _token + (ulong)index,
        (client.IsPaused ? Readiness.None : Readiness.In) | (client.Unsent is null ? Readiness.None : Readiness.Out));

    private void KeepUnsent(ref Client client, ReadOnlySpan<byte> bytes)
    {
        _unsent += bytes.Length;
        if (_unsent > MaxUnsent)
            throw new LoadException($"{MaxUnsent} bytes wait to be sent: the node takes nothing.");
        var held = client.UnsentEnd - client.UnsentStart;
        if (client.Unsent is null || client.UnsentEnd + bytes.Length > client.Unsent.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(held + bytes.Length);
            if (client.Unsent is not null)
            {
                client.Unsent.AsSpan(client.UnsentStart, held).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(client.Unsent);
            }

            (client.Unsent, client.UnsentStart, client.UnsentEnd) = (larger, 0, held);
        }

        bytes.CopyTo(client.Unsent.AsSpan(client.UnsentEnd));
        client.UnsentEnd += bytes.Length;
    }

    private void DropUnsent(ref Client client)
    {
        if (client.Unsent is null)
            return;
        _unsent -= client.UnsentEnd - client.UnsentStart;
        ArrayPool<byte>.Shared.Return(client.Unsent);
        (client.Unsent, client.UnsentStart, client.UnsentEnd) = (null, 0, 0);
    }
}
