using System.Text;
using Gateway.Redis;

namespace Gateway.Tests.Redis;

public sealed class RespFrameTests
{
    [Theory]
    [InlineData("*3\r\n$7\r\nmessage\r\n$3\r\nabc\r\n$5\r\nhello\r\n", "Message:abc:hello")]
    [InlineData(">3\r\n$7\r\nmessage\r\n$3\r\nabc\r\n$0\r\n\r\n", "Message:abc:")]
    [InlineData("*3\r\n$7\r\nmessage\r\n$3\r\nabc\r\n$11\r\n\r\n$-1\r\n*3\r\n\r\n", "Message:abc:\r\n$-1\r\n*3\r\n")]
    [InlineData("*3\r\n$9\r\nsubscribe\r\n$3\r\nabc\r\n:1\r\n", "Reply")]
    [InlineData("*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n", "Reply")]
    [InlineData("*2\r\n$4\r\npong\r\n$0\r\n\r\n", "Reply")]
    [InlineData("+OK\r\n", "Reply")]
    [InlineData("-NOPERM no\r\n", "Error:NOPERM no")]
    public void Read_FrameSplitAtEveryByte_IsWholeAtItsLastByteOnly(string text, string expected)
    {
        var data = Encoding.ASCII.GetBytes(text + "+the next\r\n");
        for (var length = 0; length < text.Length; length++)
        {
            var part = RespFrame.Read(data.AsSpan(0, length));
            Assert.Equal(RespFrameKind.Incomplete, part.Kind);
            Assert.True(part.Length == 0 || part.Length == text.Length, $"{part.Length} bytes foretold after {length}");
        }

        for (var length = text.Length; length <= data.Length; length++)
        {
            var whole = RespFrame.Read(data.AsSpan(0, length));
            Assert.Equal(text.Length, whole.Length);
            Assert.Equal(expected, Describe(whole));
        }
    }

    [Fact]
    public void Read_PayloadNotArrived_ForetellsItsLength()
    {
        var header = "*3\r\n$7\r\nmessage\r\n$3\r\nabc\r\n$500000000\r\n"u8;
        var frame = RespFrame.Read(header);
        Assert.Equal(RespFrameKind.Incomplete, frame.Kind);
        Assert.Equal("abc", Encoding.ASCII.GetString(frame.Key));
        Assert.Equal(500_000_000, frame.PayloadLength);
        Assert.Equal(header.Length + 500_000_002, frame.Length);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("*x\r\n+OK\r\n")]
    public void Read_NotResp_Throws(string text) =>
        Assert.ThrowsAny<Exception>(() => RespFrame.Read(Encoding.ASCII.GetBytes(text)).Length);

    private static string Describe(RespFrame frame) => frame.Kind switch
    {
        RespFrameKind.Message => $"Message:{Encoding.ASCII.GetString(frame.Key)}:{Encoding.ASCII.GetString(frame.Payload)}",
        RespFrameKind.Error => "Error:" + frame.Error,
        _ => frame.Kind.ToString(),
    };
}
