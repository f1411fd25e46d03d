using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

public class OutboundFrameTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(65535, 4)]
    [InlineData(65536, 10)]
    public void Frame_OfEveryLengthEncoding_IsExactlyItsHeaderAndPayload(int length, int headerSize)
    {
        var payload = ClientFrame.Bytes(length);
        var frame = OutboundFrame.Create(Opcode.Binary, payload);

        Assert.Equal(headerSize + length, frame.Length);
        Assert.True(FrameHeader.TryDecode(frame.Bytes, out var header, out var consumed));
        Assert.Equal(
            (true, 0, Opcode.Binary, false, (long)length, headerSize),
            (header.Fin, header.Rsv, header.Opcode, header.Masked, header.PayloadLength, consumed));
        Assert.Equal(payload, frame.Bytes[headerSize..]);
        Assert.False(frame.IsControl);
        Assert.False(frame.IsRaw);
    }

    [Fact]
    public void Frame_OfThreeParts_JoinsThem() =>
        Assert.Equal(OutboundFrame.Create(Opcode.Text, "abcdef"u8).Bytes, OutboundFrame.Create(Opcode.Text, "a"u8, "bcde"u8, "f"u8).Bytes);

    /// <summary>Nodes of one process have accounts of their own, and the frames of the table of endings in common.</summary>
    [Fact]
    public void Frame_ThatTheProcessKeeps_IsNeverAQueuesFirstOrLast()
    {
        var frame = OutboundFrame.Close(CloseCode.GoingAway, "bye").Keep();

        Assert.False(OutboundFrame.Hold(frame.Array));
        Assert.False(OutboundFrame.LetGo(frame.Array));
        Assert.False(OutboundFrame.Hold(CloseReason.ServiceRestart.Frame.Array));
        Assert.False(OutboundFrame.LetGo(CloseReason.ServiceRestart.Frame.Array));
    }

    [Fact]
    public void Frame_OfTheRfcExample_HasItsBytes() =>
        Assert.Equal(Convert.FromHexString("810548656C6C6F"), OutboundFrame.Create(Opcode.Text, "Hello"u8).Bytes);

    [Fact]
    public void Close_WithCodeAndReason_IsAControlFrame()
    {
        var frame = OutboundFrame.Close(CloseCode.GoingAway, "bye");

        Assert.Equal([0x88, 5, 0x03, 0xE9, .. "bye"u8], frame.Bytes.ToArray());
        Assert.True(frame.IsControl);
        Assert.Equal(Opcode.Close, frame.Opcode);
    }

    [Fact]
    public void Close_WithALongReason_FitsAControlFrame()
    {
        var frame = OutboundFrame.Close(CloseCode.Normal, new string('x', 1000));

        Assert.Equal(127, frame.Length);
        Assert.Equal(125, frame.Bytes[1]);
    }

    [Fact]
    public void Close_WithoutStatus_IsEmpty() => Assert.Equal([0x88, 0], OutboundFrame.Close(CloseCode.NoStatus, "").Bytes.ToArray());

    [Fact]
    public void Raw_Bytes_AreNeitherFrameNorControl()
    {
        var bytes = "HTTP/1.1 101"u8.ToArray();
        var frame = OutboundFrame.Raw(bytes);

        Assert.Equal(bytes, frame.Bytes.ToArray());
        Assert.True(frame.IsRaw);
        Assert.False(frame.IsControl);
    }

    [Fact]
    public void Frame_Created_AllocatesItsBytesOnly()
    {
        var payload = new byte[1000];
        OutboundFrame.Create(Opcode.Text, payload);
        OutboundFrame.Close(CloseCode.Normal, "warm");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var frame = OutboundFrame.Create(Opcode.Text, payload, payload, payload);
        var close = OutboundFrame.Close(CloseCode.Normal, "bye");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Two arrays, each with 24 bytes of header and up to 7 of alignment.
        Assert.InRange(allocated, frame.Length + close.Length, frame.Length + close.Length + (2 * (24 + 7)));
    }
}
