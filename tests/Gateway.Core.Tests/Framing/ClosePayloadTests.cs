using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

public class ClosePayloadTests
{
    [Theory]
    [InlineData(1000, "")]
    [InlineData(1001, "bye")]
    [InlineData(4999, "ä日\U0001F600")]
    public void Payload_Written_ParsesToItself(int code, string reason)
    {
        var bytes = new byte[FrameRules.MaxControlPayload];
        var length = ClosePayload.Write(bytes, (CloseCode)code, reason);

        Assert.Equal(((CloseCode)code, reason), ClosePayload.Parse(bytes.AsSpan(0, length)));
        Assert.Equal(ProtocolError.None, FrameRules.JudgeClose(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Payload_Empty_HasNoStatus() => Assert.Equal((CloseCode.NoStatus, ""), ClosePayload.Parse([]));

    [Theory]
    [InlineData(CloseCode.None)]
    [InlineData(CloseCode.NoStatus)]
    [InlineData(CloseCode.Abnormal)]
    [InlineData(CloseCode.TlsHandshake)]
    public void Payload_OfACodeThatIsNeverSent_IsEmpty(CloseCode code) =>
        Assert.Equal(0, ClosePayload.Write(new byte[FrameRules.MaxControlPayload], code, "reason"));

    [Fact]
    public void Reason_TooLong_EndsAtACharacter()
    {
        var bytes = new byte[FrameRules.MaxControlPayload];
        foreach (var character in new[] { "x", "ä", "日", "\U0001F600" })
        {
            for (var lead = 0; lead < 4; lead++)
            {
                var reason = new string('.', lead) + string.Concat(Enumerable.Repeat(character, 200));
                var length = ClosePayload.Write(bytes, CloseCode.Normal, reason);
                var written = ClosePayload.Parse(bytes.AsSpan(0, length)).Reason;

                Assert.InRange(length - 2, ClosePayload.MaxReasonBytes - 3, ClosePayload.MaxReasonBytes);
                Assert.StartsWith(written, reason, StringComparison.Ordinal);
                Assert.Equal(length - 2, Encoding.UTF8.GetByteCount(written));
                Assert.Equal(ProtocolError.None, FrameRules.JudgeClose(bytes.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public void Reason_WithALoneSurrogate_StaysValid()
    {
        var bytes = new byte[FrameRules.MaxControlPayload];
        var length = ClosePayload.Write(bytes, CloseCode.Normal, "a\uD800b");

        Assert.Equal("a\uFFFDb", ClosePayload.Parse(bytes.AsSpan(0, length)).Reason);
    }
}
