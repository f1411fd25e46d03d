using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

public class FrameHeaderTests
{
    public static readonly TheoryData<long, int> Lengths = new()
    {
        { 0, 2 }, { 1, 2 }, { 125, 2 }, { 126, 4 }, { 127, 4 }, { 65535, 4 }, { 65536, 10 }, { int.MaxValue, 10 }, { long.MaxValue, 10 },
    };

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Header_Written_DecodesToItself(long length, int unmaskedSize)
    {
        foreach (var masked in new[] { false, true })
        {
            foreach (var fin in new[] { false, true })
            {
                var header = masked
                    ? new FrameHeader(fin, 4, Opcode.Binary, length, 0x01020304)
                    : new FrameHeader(fin, 4, Opcode.Binary, length);
                var bytes = new byte[FrameHeader.MaxSize];
                var size = header.Write(bytes);

                Assert.Equal(unmaskedSize + (masked ? 4 : 0), size);
                Assert.Equal(size, FrameHeader.SizeOf(length, masked));
                Assert.True(FrameHeader.TryDecode(bytes, out var decoded, out var consumed));
                Assert.Equal(size, consumed);
                Assert.Equal(
                    (fin, 4, Opcode.Binary, masked, length, masked ? 0x01020304u : 0),
                    (decoded.Fin, decoded.Rsv, decoded.Opcode, decoded.Masked, decoded.PayloadLength, decoded.MaskKey));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Header_CutAnywhere_NeedsMoreAndConsumesNothing(long length, int unmaskedSize)
    {
        var bytes = new byte[FrameHeader.MaxSize];
        var size = new FrameHeader(true, 0, Opcode.Text, length, 7).Write(bytes);

        Assert.Equal(unmaskedSize + 4, size);
        for (var cut = 0; cut < size; cut++)
        {
            Assert.False(FrameHeader.TryDecode(bytes.AsSpan(0, cut), out _, out var consumed));
            Assert.Equal(0, consumed);
        }
    }

    [Fact]
    public void Header_BeforeItsMaskingKey_KnowsItsLength()
    {
        byte[] bytes = [0x82, 0xFE, 0x01, 0x00];

        Assert.False(FrameHeader.TryDecode(bytes, out _, out _));
        Assert.True(FrameHeader.TryDecodeLength(bytes, out var length, out var end));
        Assert.Equal((256, 4), (length, end));
    }

    // RFC 6455 §5.7.
    [Theory]
    [InlineData("810548656C6C6F", true, 1, false, 5)]
    [InlineData("818537FA213D7F9F4D5158", true, 1, true, 5)]
    [InlineData("010348656C", false, 1, false, 3)]
    [InlineData("80026C6F", true, 0, false, 2)]
    [InlineData("890548656C6C6F", true, 9, false, 5)]
    [InlineData("827E0100", true, 2, false, 256)]
    [InlineData("827F0000000000010000", true, 2, false, 65536)]
    public void Header_OfTheRfcExamples_Decodes(string hex, bool fin, byte opcode, bool masked, long length)
    {
        Assert.True(FrameHeader.TryDecode(Convert.FromHexString(hex), out var header, out _));
        Assert.Equal((fin, 0, (Opcode)opcode, masked, length), (header.Fin, header.Rsv, header.Opcode, header.Masked, header.PayloadLength));
    }
}
