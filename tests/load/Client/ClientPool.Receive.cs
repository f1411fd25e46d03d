using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Load.Client;

internal sealed partial class ClientPool
{
    private const int ReceiveBytes = 256 * 1024;

    // In front of it stands what an earlier receive left of a frame; grown when a frame is larger.
    private byte[] _buffer = new byte[2 * ReceiveBytes];

    /// <summary>Reads this client no more; what comes fills its socket.</summary>
    public void Pause(int index)
    {
        ref var client = ref _clients[index];
        client.IsPaused = true;
        Watch(index, ref client);
    }

    /// <summary>Reads it again.</summary>
    public void Resume(int index)
    {
        ref var client = ref _clients[index];
        client.IsPaused = false;
        Watch(index, ref client);
    }

    private void Receive(int index)
    {
        ref var client = ref _clients[index];
        var held = TakePartial(ref client);
        var received = RawSocket.Receive(client.Fd, _buffer.AsSpan(held, ReceiveBytes));
        if (received is 0 or -2)
        {
            if (client.State == ClientState.Upgrading)
                FirstFailure ??= received == 0 ? "The node closed a connection without an answer." : "The node reset a connection before its answer.";
            End(index, isReset: received < 0);
            return;
        }

        var bytes = _buffer.AsSpan(0, held + Math.Max(0, received));
        if (client.State == ClientState.Upgrading && !TryReadResponse(index, ref bytes))
            return;
        ReadFrames(index, ref bytes);
        if (client.State != ClientState.Open)
            return;
        KeepPartial(ref client, bytes);
        _handler.OnReceived(index);
    }

    private bool TryReadResponse(int index, ref Span<byte> bytes)
    {
        var head = UpgradeExchange.Read(bytes);
        if (head < 0)
        {
            _handler.OnRefused(index, UpgradeExchange.StatusOf(bytes));
            Fail(index, $"The node answered: {Encoding.UTF8.GetString(bytes).Split('\r', '\n')[0]}.");
            return false;
        }

        if (head == 0)
        {
            KeepPartial(ref _clients[index], bytes);
            return false;
        }

        bytes = bytes[head..];
        OnUpgraded(index);
        return true;
    }

    /// <summary>A server's frames are not masked. Fragments come one by one; none but SignalR sends any.</summary>
    private void ReadFrames(int index, ref Span<byte> bytes)
    {
        while (FrameHeader.TryDecode(bytes, out var header, out var size) && bytes.Length >= size + header.PayloadLength)
        {
            var payload = bytes.Slice(size, (int)header.PayloadLength);
            bytes = bytes[(size + payload.Length)..];
            switch (header.Opcode)
            {
                case Opcode.Ping:
                    SendFrame(index, Opcode.Pong, payload);
                    break;
                case Opcode.Close:
                    _clients[index].CloseCode = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : (ushort)CloseCode.NoStatus;
                    SendFrame(index, Opcode.Close, payload.Length >= 2 ? payload[..2] : []);
                    _handler.OnClosing(index, _clients[index].CloseCode);
                    break;
                case Opcode.Text or Opcode.Binary or Opcode.Continuation:
                    _handler.OnMessage(index, header.Opcode, payload);
                    break;
            }
        }
    }

    private int TakePartial(ref Client client)
    {
        var length = client.PartialLength;
        if (length == 0)
            return 0;
        if (_buffer.Length < length + ReceiveBytes)
            _buffer = new byte[(2 * length) + ReceiveBytes];
        client.Partial.AsSpan(0, length).CopyTo(_buffer);
        DropPartial(ref client);
        return length;
    }

    private static void KeepPartial(ref Client client, ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
            return;
        client.Partial = ArrayPool<byte>.Shared.Rent(rest.Length);
        client.PartialLength = rest.Length;
        rest.CopyTo(client.Partial);
    }

    private static void DropPartial(ref Client client)
    {
        if (client.Partial is not null)
            ArrayPool<byte>.Shared.Return(client.Partial);
        client.Partial = null;
        client.PartialLength = 0;
    }
}
