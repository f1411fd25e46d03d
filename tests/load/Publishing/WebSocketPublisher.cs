using System.Net;
using System.Text;
using Gateway.Core.Framing;
using Gateway.Load.Client;

namespace Gateway.Load.Publishing;

/// <summary>Publishes as a client of <c>gateway.v1</c> may where a rule lets it: its cost is part of the node's CPU time.</summary>
internal sealed class WebSocketPublisher : Publisher
{
    private readonly byte[][] _heads;
    private byte[] _message = [];
    private byte[] _frame = [];
    private bool _isOpen;

    /// <param name="loop">Drives it.</param>
    /// <param name="node">The node's client endpoint.</param>
    /// <param name="channels">Names.</param>
    public WebSocketPublisher(Loop loop, IPEndPoint node, IEnumerable<string> channels)
        : base(loop, node)
    {
        _heads = [.. channels.Select(channel => Encoding.UTF8.GetBytes($$"""{"type":"publish","id":1,"channel":"{{channel}}","data":"""))];
        Append(UpgradeExchange.Request("/"));
    }

    private static ReadOnlySpan<byte> Ok => "{\"type\":\"ok\""u8;

    private static ReadOnlySpan<byte> Error => "{\"type\":\"error\""u8;

    public override void Publish(int channel, ReadOnlySpan<byte> payload)
    {
        var head = _heads[channel];
        var length = head.Length + payload.Length + 1;
        if (_message.Length < length)
            (_message, _frame) = (new byte[length], new byte[length + FrameHeader.MaxSize]);
        head.CopyTo(_message, 0);
        payload.CopyTo(_message.AsSpan(head.Length));
        _message[length - 1] = (byte)'}';
        Append(_frame.AsSpan(0, ClientFrame.Write(_frame, Opcode.Text, _message.AsSpan(0, length))));
    }

    protected override int ReadAnswers(ReadOnlySpan<byte> bytes)
    {
        var done = _isOpen ? 0 : ReadResponse(bytes);
        while (_isOpen && FrameHeader.TryDecode(bytes[done..], out var header, out var size) && bytes.Length - done >= size + header.PayloadLength)
        {
            var payload = bytes.Slice(done + size, (int)header.PayloadLength);
            done += size + payload.Length;
            if (header.Opcode == Opcode.Ping)
                Pong(payload);
            else if (payload.StartsWith(Ok))
                Answered++;
            else if (payload.StartsWith(Error) || header.Opcode == Opcode.Close)
                Refusal ??= header.Opcode == Opcode.Close ? "the node closed the publisher's connection" : Encoding.UTF8.GetString(payload);
        }

        return done;
    }

    private void Pong(ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = stackalloc byte[FrameHeader.MaxSize + FrameRules.MaxControlPayload];
        Append(frame[..ClientFrame.Write(frame, Opcode.Pong, payload)]);
        Flush();
    }

    private int ReadResponse(ReadOnlySpan<byte> bytes)
    {
        var head = UpgradeExchange.Read(bytes);
        if (head < 0)
            Refusal ??= Encoding.UTF8.GetString(bytes);
        _isOpen = head > 0;
        return Math.Max(0, head);
    }
}
