using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Protocols.Json;

/// <summary>
/// <c>{"type":"message","channel":…,"data":…}</c>. A payload that is JSON stands in it verbatim, other text as a JSON string, and what
/// is not text as base64 in <c>binary</c>. It allocates the frame and nothing beside it.
/// </summary>
internal sealed class JsonEncoder : IPublicationEncoder
{
    // An escaped byte takes six at most: \u001F.
    private const int MaxEscaped = 6;

    private static readonly JavaScriptEncoder Escaping = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public int Slot => EncoderSlots.Json;

    public ClientProtocol Label => ClientProtocol.Json;

    public OutboundFrame Encode(Publication publication)
    {
        ReadOnlySpan<byte> payload = publication.Payload;
        Span<byte> head = stackalloc byte[64 + (ChannelName.MaxBytes * MaxEscaped)];
        switch (publication.Kind)
        {
            case PayloadKind.Json:
                return OutboundFrame.Create(Opcode.Text, Head(head, publication.Channel, ",\"data\":"u8), payload, "}"u8);
            case PayloadKind.Text:
                head = Head(head, publication.Channel, ",\"data\":\""u8);
                return Escaping.FindFirstCharacterToEncodeUtf8(payload) < 0
                    ? OutboundFrame.Create(Opcode.Text, head, payload, "\"}"u8)
                    : Converted(head, payload, payload.Length * MaxEscaped, static (from, to) => Escape(from, to));
            default:
                head = Head(head, publication.Channel, ",\"binary\":\""u8);
                return Converted(head, payload, Base64.GetMaxEncodedToUtf8Length(payload.Length), static (from, to) =>
                {
                    Base64.EncodeToUtf8(from, to, out _, out var written);
                    return written;
                });
        }
    }

    private static Span<byte> Head(Span<byte> head, ChannelName channel, ReadOnlySpan<byte> field)
    {
        var start = "{\"type\":\"message\",\"channel\":\""u8;
        start.CopyTo(head);
        var length = start.Length + Escape(channel.Utf8, head[start.Length..]);
        head[length++] = (byte)'"';
        field.CopyTo(head[length..]);
        return head[..(length + field.Length)];
    }

    private static int Escape(ReadOnlySpan<byte> utf8, Span<byte> escaped)
    {
        Escaping.EncodeUtf8(utf8, escaped, out _, out var written);
        return written;
    }

    /// <summary>A frame of a payload that is not sent as it is: it is converted in scratch memory first, since its length is not known before.</summary>
    private static OutboundFrame Converted(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, int maxLength, Conversion convert)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(maxLength);
        try
        {
            return OutboundFrame.Create(Opcode.Text, head, scratch.AsSpan(0, convert(payload, scratch)), "\"}"u8);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private delegate int Conversion(ReadOnlySpan<byte> from, Span<byte> to);
}
