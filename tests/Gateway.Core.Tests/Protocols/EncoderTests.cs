using System.Text;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Protocols;
using Gateway.Core.Protocols.Json;
using Gateway.Core.Protocols.Plain;

namespace Gateway.Core.Tests.Protocols;

/// <summary>What a publication looks like to its subscribers.</summary>
public sealed class EncoderTests
{
    // JSON stands in the message as it was published, byte for byte.
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"goal":1}""")]
    [InlineData(""" { "b" : 1 , "a" : [ 1.50 , 1E+2 ] , "b" : 2 } """)]
    [InlineData("[]\r\n")]
    [InlineData("\"text\"")]
    [InlineData("\"\\u0041\\/\\ud800\"")]
    [InlineData("null")]
    [InlineData("-0.0")]
    [InlineData("12345678901234567890.12345678901234567890e-999")]
    [InlineData("\"größe \U0001F600 </script>\"")]
    public void Json_Payload_StandsVerbatim(string payload)
    {
        var (opcode, text) = Json("news", Encoding.UTF8.GetBytes(payload));
        Assert.Equal(Opcode.Text, opcode);
        Assert.Equal("{\"type\":\"message\",\"channel\":\"news\",\"data\":" + payload + "}", text);
        using var parsed = JsonDocument.Parse(text);
        Assert.Equal(["type", "channel", "data"], parsed.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData("hello", "\"hello\"")]
    [InlineData("", "\"\"")]
    [InlineData("a \"quote\" and a \\", "\"a \\\"quote\\\" and a \\\\\"")]
    [InlineData("line\r\nline\t\u0001\u007F", "\"line\\r\\nline\\t\\u0001\\u007F\"")]
    [InlineData("größe, 日本, <b> & 'c' +", "\"größe, 日本, <b> & 'c' +\"")]
    [InlineData("{\"cut\":", "\"{\\\"cut\\\":\"")]
    public void Json_OtherText_IsAJsonString(string payload, string expected)
    {
        var (_, text) = Json("news", Encoding.UTF8.GetBytes(payload));
        Assert.Equal("{\"type\":\"message\",\"channel\":\"news\",\"data\":" + expected + "}", text);
        Assert.Equal(payload, JsonSerializer.Deserialize<JsonElement>(text).GetProperty("data").GetString());
    }

    [Theory]
    [InlineData(new byte[] { 0xFF }, "/w==")]
    [InlineData(new byte[] { 0xFB, 0xEF, 0xFF, 0x00 }, "++//AA==")]
    [InlineData(new byte[] { 0xC3 }, "ww==")]
    public void Json_NoText_IsBase64InBinary(byte[] payload, string expected)
    {
        var (_, text) = Json("news", payload);
        Assert.Equal("{\"type\":\"message\",\"channel\":\"news\",\"binary\":\"" + expected + "\"}", text);
    }

    [Fact]
    public void Json_RandomPayloads_ComeBackAsTheyWere()
    {
        var random = new Random(17);
        for (var i = 0; i < 3000; i++)
        {
            var payload = new byte[random.Next(300)];
            random.NextBytes(payload);
            if (i % 3 > 0)
            {
                var text = payload.Select(b => (char)(i % 3 == 1 ? b & 0x7F : 0x80 + (b * 20))).Where(c => !char.IsSurrogate(c));
                payload = Encoding.UTF8.GetBytes(string.Concat(text));
            }

            var message = JsonSerializer.Deserialize<JsonElement>(Json("news", payload).Text);
            var came = message.TryGetProperty("binary", out var binary) ? binary.GetBytesFromBase64()
                : IsJson(payload) ? Encoding.UTF8.GetBytes(message.GetProperty("data").GetRawText())
                : Encoding.UTF8.GetBytes(message.GetProperty("data").GetString()!);
            Assert.Equal(payload, came);
        }
    }

    [Theory]
    [InlineData("a\"b\\c", "a\\\"b\\\\c")]
    [InlineData("größe", "größe")]
    public void Json_Channel_IsEscaped(string channel, string expected) =>
        Assert.Equal("{\"type\":\"message\",\"channel\":\"" + expected + "\",\"data\":1}", Json(channel, "1"u8.ToArray()).Text);

    [Fact]
    public void Json_ChannelOfTheLongestEscapes_Fits()
    {
        // What escapes to the most for a byte: a quote (2 for 1), what is escaped by number (6 for 2, 12 for 4).
        string[] fillers = ["\"", "\\", "\u00AD", "\u0378", "\uE000", "\u2028", "\U0001F600", "\U000E0001"];
        foreach (var filler in fillers)
        {
            var channel = string.Concat(Enumerable.Repeat(filler, ChannelName.MaxBytes / Encoding.UTF8.GetByteCount(filler)));
            var message = JsonSerializer.Deserialize<JsonElement>(Json(channel, "1"u8.ToArray()).Text);
            Assert.Equal(channel, message.GetProperty("channel").GetString());
        }
    }

    [Fact]
    public void Json_DeepPayload_StaysVerbatimOrBecomesText()
    {
        var deep = new string('[', 1000) + new string(']', 1000);
        Assert.EndsWith($",\"data\":{deep}}}", Json("news", Encoding.UTF8.GetBytes(deep)).Text, StringComparison.Ordinal);
        Assert.EndsWith($",\"data\":\"[{deep}]\"}}", Json("news", Encoding.UTF8.GetBytes($"[{deep}]")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_PayloadOfAMebibyte_IsWhole()
    {
        var payload = new byte[1024 * 1024];
        Array.Fill(payload, (byte)'\n');
        Assert.Equal((2 * payload.Length) + "{'type':'message','channel':'news','data':''}".Length, Json("news", payload).Text.Length);
        Array.Fill(payload, (byte)0xFF);
        var encoded = (payload.Length + 2) / 3 * 4;
        Assert.Equal(encoded + "{'type':'message','channel':'news','binary':''}".Length, Json("news", payload).Text.Length);
    }

    [Theory]
    [InlineData("{\"a\":1}", Opcode.Text)]
    [InlineData("text", Opcode.Text)]
    [InlineData("", Opcode.Text)]
    [InlineData("größe", Opcode.Text)]
    public void Plain_Text_IsATextFrameOfThePayload(string payload, object opcode)
    {
        var frame = Encoded(new PlainEncoder(), "news", Encoding.UTF8.GetBytes(payload));
        Assert.Equal(((Opcode)opcode, payload), (frame.Opcode, Encoding.UTF8.GetString(frame.Payload)));
    }

    [Fact]
    public void Plain_NoText_IsABinaryFrameOfThePayload()
    {
        var frame = Encoded(new PlainEncoder(), "news", [0x00, 0xFF]);
        Assert.Equal(Opcode.Binary, frame.Opcode);
        Assert.Equal([0x00, 0xFF], frame.Payload);
    }

    [Fact]
    public void Slots_AreDifferentAndBelowTheMaximum()
    {
        int[] slots = [new JsonEncoder().Slot, new PlainEncoder().Slot];
        Assert.Equal(slots.Length, slots.Distinct().Count());
        Assert.All(slots, slot => Assert.InRange(slot, 0, Publication.MaxEncoders - 1));
        Assert.Equal(slots.Order(), typeof(EncoderSlots).GetFields().Select(field => (int)field.GetRawConstantValue()!).Order());
    }

    private static bool IsJson(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static (Opcode Opcode, string Text) Json(string channel, byte[] payload)
    {
        var (opcode, bytes) = Encoded(new JsonEncoder(), channel, payload);
        return (opcode, Encoding.UTF8.GetString(bytes));
    }

    private static (Opcode Opcode, byte[] Payload) Encoded(IPublicationEncoder encoder, string channel, byte[] payload)
    {
        var frame = new Publication(ChannelName.Parse(channel), payload, 0).FrameFor(encoder);
        Assert.True(FrameHeader.TryDecode(frame.Bytes, out var header, out var size));
        Assert.Equal(frame.Length, size + header.PayloadLength);
        Assert.Equal(frame.Opcode, header.Opcode);
        return (header.Opcode, frame.Bytes[size..].ToArray());
    }
}
