using System.Buffers.Binary;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

public class FrameRulesTests
{
    [Fact]
    public void FirstByte_OfEveryValue_IsJudgedAlone()
    {
        for (var first = 0; first <= 0xFF; first++)
        {
            foreach (var inMessage in new[] { false, true })
            {
                var fin = first >= 0x80;
                var expected = (first & 0x70) != 0 ? ProtocolError.ReservedBits : (first & 0x0F) switch
                {
                    0 => inMessage ? ProtocolError.None : ProtocolError.UnexpectedContinuation,
                    1 or 2 => inMessage ? ProtocolError.ExpectedContinuation : ProtocolError.None,
                    8 or 9 or 10 => fin ? ProtocolError.None : ProtocolError.FragmentedControlFrame,
                    _ => ProtocolError.ReservedOpcode,
                };
                Assert.Equal(expected, FrameRules.Judge([(byte)first], inMessage));
            }
        }
    }

    [Theory]
    [InlineData(0xC1, false, true)] // text with RSV1
    [InlineData(0xC2, false, true)]
    [InlineData(0x41, false, true)]
    [InlineData(0xC0, true, false)] // only the first frame of a message may have it, RFC 7692 §6.1
    [InlineData(0xC9, false, false)]
    [InlineData(0xA1, false, false)] // RSV2
    [InlineData(0xE1, false, false)]
    public void FirstByte_WithANegotiatedBit_MayHaveItInADataFrame(byte first, bool inMessage, bool isValid) =>
        Assert.Equal(isValid ? ProtocolError.None : ProtocolError.ReservedBits, FrameRules.Judge([first], inMessage, negotiatedRsv: 4));

    [Fact]
    public void SecondByte_OfEveryValue_IsJudgedBeforeTheRest()
    {
        for (var second = 0; second <= 0xFF; second++)
        {
            var masked = second >= 0x80;
            var isLong = (second & 0x7F) > 125;
            Assert.Equal(masked ? ProtocolError.None : ProtocolError.UnmaskedFrame, FrameRules.Judge([0x81, (byte)second], false));
            Assert.Equal(
                !masked ? ProtocolError.UnmaskedFrame : isLong ? ProtocolError.ControlFrameTooLong : ProtocolError.None,
                FrameRules.Judge([0x89, (byte)second], false));
        }
    }

    [Fact]
    public void Length16_OfEveryValue_MustBeMinimal()
    {
        for (var length = 0; length <= ushort.MaxValue; length++)
        {
            byte[] header = [0x82, 0xFE, (byte)(length >> 8), (byte)length];
            Assert.Equal(length < 126 ? ProtocolError.LengthNotMinimal : ProtocolError.None, FrameRules.Judge(header, false));
        }
    }

    [Theory]
    [InlineData("82FF0000000000000000", 3)]
    [InlineData("82FF000000000000FFFF", 3)]
    [InlineData("82FF0000000000010000", 0)]
    [InlineData("82FF0100000000000000", 0)]
    [InlineData("82FF7FFFFFFFFFFFFFFF", 0)]
    [InlineData("82FF8000000000000000", 4)]
    [InlineData("82FFFFFFFFFFFFFFFFFF", 4)]
    public void Length64_AtTheEdges_IsJudged(string hex, int verdict)
    {
        var expected = verdict switch { 3 => ProtocolError.LengthNotMinimal, 4 => ProtocolError.LengthTopBit, _ => ProtocolError.None };
        Assert.Equal(expected, FrameRules.Judge(Convert.FromHexString(hex), false));
    }

    [Fact]
    public void Length64_WithItsTopBit_IsJudgedByItsFirstByte() =>
        Assert.Equal(ProtocolError.LengthTopBit, FrameRules.Judge([0x82, 0xFF, 0x80], false));

    [Fact]
    public void Length64_NotMinimal_IsJudgedWhenItIsCertain()
    {
        Assert.Equal(ProtocolError.None, FrameRules.Judge([0x82, 0xFF, 0, 0, 0, 0, 0], false));
        Assert.Equal(ProtocolError.LengthNotMinimal, FrameRules.Judge([0x82, 0xFF, 0, 0, 0, 0, 0, 0], false));
    }

    [Fact]
    public void CloseCode_OfEveryValue_IsValidAsTheRegistrySays()
    {
        var valid = new HashSet<int>([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, .. Enumerable.Range(3000, 2000)]);
        var payload = new byte[2];
        for (var code = 0; code <= ushort.MaxValue; code++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
            Assert.Equal(valid.Contains(code) ? ProtocolError.None : ProtocolError.InvalidCloseCode, FrameRules.JudgeClose(payload));
        }
    }

    [Fact]
    public void ClosePayload_ByItsLengthAndReason_IsJudged()
    {
        Assert.Equal(ProtocolError.None, FrameRules.JudgeClose([]));
        Assert.Equal(ProtocolError.ClosePayloadOfOneByte, FrameRules.JudgeClose([3]));
        Assert.Equal(ProtocolError.None, FrameRules.JudgeClose([3, 0xE8, 0xC3, 0xA4]));
        Assert.Equal(ProtocolError.InvalidUtf8InCloseReason, FrameRules.JudgeClose([3, 0xE8, 0xC3]));
        Assert.Equal(ProtocolError.InvalidUtf8InCloseReason, FrameRules.JudgeClose([3, 0xE8, 0xED, 0xA0, 0x80]));
    }
}
