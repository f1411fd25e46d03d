using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Framing;

namespace Gateway.Core.Protocols.Json;

/// <summary>
/// <c>{"type":"message","channel":…,"data":…}</c>. A payload that is JSON stands in it verbatim, other text as a JSON string, and what
/// is not text as base64 in <c>binary</c>.
/// </summary>
internal sealed class JsonEncoder : IPublicationEncoder
{
    public int Slot => EncoderSlots.Json;

    public OutboundFrame Encode(Publication publication)
    {
        // The longest name, each of its bytes escaped to six.
        Span<byte> head = stackalloc byte[64 + (ChannelName.MaxBytes * 6)];
        var isBinary = publication.Kind == PayloadKind.Binary;
        var length = Head(head, publication.Channel, isBinary ? ",\"binary\":"u8 : ",\"data\":"u8);
        return OutboundFrame.Create(Opcode.Text, head[..length], Data(publication), "}"u8);
    }

    private static int Head(Span<byte> head, ChannelName channel, ReadOnlySpan<byte> field)
    {
        var start = "{\"type\":\"message\",\"channel\":\""u8;
        start.CopyTo(head);
        var name = JsonEncodedText.Encode(channel.Utf8, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;
        name.CopyTo(head[start.Length..]);
        var length = start.Length + name.Length;
        head[length++] = (byte)'"';
        field.CopyTo(head[length..]);
        return length + field.Length;
    }

    private static ReadOnlySpan<byte> Data(Publication publication) => publication.Kind switch
    {
        PayloadKind.Json => publication.Payload,
        PayloadKind.Text => Quoted(JsonEncodedText.Encode(publication.Payload, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes),
        _ => Quoted(Encoded(publication.Payload)),
    };

    private static byte[] Encoded(ReadOnlySpan<byte> payload)
    {
        var encoded = new byte[Base64.GetMaxEncodedToUtf8Length(payload.Length)];
        Base64.EncodeToUtf8(payload, encoded, out _, out _);
        return encoded;
    }

    private static byte[] Quoted(ReadOnlySpan<byte> encoded)
    {
        var quoted = new byte[encoded.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        encoded.CopyTo(quoted.AsSpan(1));
        return quoted;
    }
}
