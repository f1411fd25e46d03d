using System.Buffers.Binary;

namespace Gateway.Conformance.Wire;

/// <summary>Reads what the node sent, and holds it to every MUST that a server's frames can break.</summary>
internal static class FrameReader
{
    public static List<ReceivedFrame> Read(byte[] bytes, bool mayCompress)
    {
        var frames = new List<ReceivedFrame>();
        var isInMessage = false;
        for (var at = 0; at < bytes.Length;)
        {
            // §5.5.1: the application MUST NOT send any more data frames after a close frame, and nothing else makes sense there.
            Assert.True(frames.LastOrDefault()?.Opcode != Opcode.Close, "Something stands behind the close frame.");
            var frame = ReadOne(bytes, ref at);
            Judge(frame, isInMessage, mayCompress);
            if (frame.Opcode is Opcode.Text or Opcode.Binary or Opcode.Continuation)
                isInMessage = !frame.Fin;
            frames.Add(frame);
        }

        return frames;
    }

    private static ReceivedFrame ReadOne(byte[] bytes, ref int at)
    {
        Assert.True(bytes.Length >= at + 2, "The stream ends within a frame's header.");
        int first = bytes[at], second = bytes[at + 1];
        // §5.1: a server MUST NOT mask any frames that it sends.
        Assert.Equal(0, second & 0x80);
        // §5.2: MUST be 0 unless an extension is negotiated that defines it.
        Assert.Equal(0, first & 0x30);
        at += 2;

        long length = second;
        if (second == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
            at += 2;
            // §5.2: the minimal number of bytes MUST be used.
            Assert.InRange(length, 126, 65535);
        }
        else if (second == 127)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at));
            at += 8;
            Assert.InRange(length, 65536, long.MaxValue);
        }

        Assert.True(bytes.Length - at >= length, "The stream ends within a frame's payload.");
        var payload = bytes[at..(at + (int)length)];
        at += (int)length;
        return new ReceivedFrame((Opcode)(first & 0x0F), (first & 0x80) != 0, (first & 0x40) != 0, payload);
    }

    private static void Judge(ReceivedFrame frame, bool isInMessage, bool mayCompress)
    {
        // RFC 7692 §6: RSV1 stands in a message's first frame, and only where the extension is agreed to.
        if (frame.Rsv1)
            Assert.True(mayCompress && frame.Opcode is Opcode.Text or Opcode.Binary, "RSV1 where it must not be.");
        switch (frame.Opcode)
        {
            case Opcode.Text or Opcode.Binary:
                Assert.False(isInMessage, "§5.4: fragments of messages are interleaved.");
                break;
            case Opcode.Continuation:
                Assert.True(isInMessage, "§5.4: a continuation of nothing.");
                break;
            case Opcode.Close or Opcode.Ping or Opcode.Pong:
                // §5.5: 125 bytes at most, and not fragmented.
                Assert.True(frame.Fin && frame.Payload.Length <= 125, "§5.5: a control frame that is too long or fragmented.");
                break;
            default:
                Assert.Fail($"§5.2: opcode {frame.Opcode} is reserved.");
                break;
        }
    }
}
