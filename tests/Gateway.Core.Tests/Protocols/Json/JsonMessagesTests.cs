using System.Text;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Protocols.Json;

namespace Gateway.Core.Tests.Protocols.Json;

/// <summary>The server's messages, byte for byte as docs/protocol.md specifies them.</summary>
public sealed class JsonMessagesTests
{
    [Fact]
    public void Welcome_IsExact() =>
        Is(
            """{"type":"welcome","connection":"00000000000000ff","node":"node-1","heartbeat":25}""",
            JsonMessages.Welcome(new ConnectionId(255), "node-1", TimeSpan.FromSeconds(25)));

    [Fact]
    public void Welcome_PartOfASecond_IsRoundedUp() =>
        Is(
            """{"type":"welcome","connection":"0123456789abcdef","node":"n","heartbeat":2}""",
            JsonMessages.Welcome(new ConnectionId(0x0123456789ABCDEF), "n", TimeSpan.FromMilliseconds(1500)));

    [Theory]
    [InlineData("1", """{"type":"ok","id":1,"channel":"news"}""")]
    [InlineData("\"a\\u0041\"", """{"type":"ok","id":"a\u0041","channel":"news"}""")]
    [InlineData("1e5", """{"type":"ok","id":1e5,"channel":"news"}""")]
    [InlineData("", """{"type":"ok","channel":"news"}""")]
    public void Ok_EchoesTheId(string id, string expected) => Is(expected, JsonMessages.Ok(Bytes(id), ChannelName.Parse("news")));

    [Theory]
    [InlineData("a\"b\\c", """{"type":"ok","channel":"a\"b\\c"}""")]
    [InlineData("größe/日本+<&>'", """{"type":"ok","channel":"größe/日本+<&>'"}""")]
    public void Ok_ChannelOfOddCharacters_IsEscapedAsLittleAsJsonAllows(string channel, string expected) =>
        Is(expected, JsonMessages.Ok([], ChannelName.Parse(channel)));

    [Theory]
    [InlineData("4", """{"type":"pong","id":4}""")]
    [InlineData("", """{"type":"pong"}""")]
    public void Pong_IsExact(string id, string expected) => Is(expected, JsonMessages.Pong(Bytes(id)));

    [Theory]
    [InlineData("3", """{"type":"error","id":3,"code":"forbidden","message":"No."}""")]
    [InlineData("", """{"type":"error","code":"forbidden","message":"No."}""")]
    public void Error_IsExact(string id, string expected) => Is(expected, JsonMessages.Error(Bytes(id), JsonError.Forbidden, "No."));

    [Fact]
    public void Gap_IsExact() => Is("""{"type":"gap","channels":"all","ms":1840,"within_ms":250}""", JsonMessages.Gap(TimeSpan.FromMilliseconds(1840.9), TimeSpan.FromMilliseconds(250)));

    [Fact]
    public void Reconnect_IsExact() =>
        Is("""{"type":"reconnect","after_ms":1200,"reason":"drain"}""", JsonMessages.Reconnect(TimeSpan.FromMilliseconds(1200), "drain"));

    [Fact]
    public void Messages_OneAfterAnother_ShareNoBytes()
    {
        var first = JsonMessages.Pong("1"u8);
        JsonMessages.Error("2"u8, JsonError.Forbidden, new string('x', 2000));
        Is("""{"type":"pong","id":1}""", first);
    }

    private static void Is(string expected, OutboundFrame frame)
    {
        Assert.Equal(Opcode.Text, frame.Opcode);
        Assert.True(FrameHeader.TryDecode(frame.Bytes, out var header, out var size));
        Assert.Equal(frame.Length, size + header.PayloadLength);
        Assert.Equal(expected, Encoding.UTF8.GetString(frame.Bytes[size..]));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
