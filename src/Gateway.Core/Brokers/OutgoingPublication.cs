using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Core.Channels;
using Gateway.Core.Json;

namespace Gateway.Core.Brokers;

/// <summary>A publication on its way to the broker: as its bare payload or, where there is more to say than that has a place for, in an envelope.</summary>
/// <param name="Channel">Where to.</param>
/// <param name="Payload">Arrives byte for byte.</param>
/// <param name="Key">What it is about; null: none is given.</param>
/// <param name="IsBinary">Subscribers get bytes, whatever they are.</param>
internal readonly record struct OutgoingPublication(ChannelName Channel, ReadOnlyMemory<byte> Payload, string? Key, bool IsBinary)
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // Bytes that could be taken for text. What is no text needs no telling.
    private readonly bool _isOpaque = IsBinary && Utf8.IsValid(Payload.Span);

    /// <summary>Nodes that do not know what it says beside the payload ignore that.</summary>
    public bool NeedsEnvelope => Key is not null || _isOpaque;

    /// <summary>The envelope, UTF-8 JSON.</summary>
    /// <param name="trace">That it belongs to; null: none.</param>
    public ReadOnlyMemory<byte> ToEnvelope(Activity? trace)
    {
        var payload = Payload.Span;
        var buffer = new ArrayBufferWriter<byte>(payload.Length + 512);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartObject();
        writer.WriteNumber("v"u8, BrokerCommand.CurrentVersion);
        writer.WriteStartArray("channels"u8);
        writer.WriteStringValue(Channel.Utf8);
        writer.WriteEndArray();
        if (Key is not null)
            writer.WriteString("key"u8, Key);
        if (_isOpaque)
            writer.WriteBoolean("opaque"u8, true);
        if (trace?.Id is { } traceparent)
            writer.WriteString("traceparent"u8, traceparent);
        if (trace?.TraceStateString is { } tracestate)
            writer.WriteString("tracestate"u8, tracestate);
        // Text that is no JSON might need more escapes than base64 takes; a node takes envelopes of a certain size.
        if (!IsBinary && IsVerbatim(payload))
        {
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(payload, skipInputValidation: true);
        }
        else
        {
            writer.WriteBase64String("binary"u8, payload);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>One JSON value and nothing around it, and no deeper than an envelope around it may be.</summary>
    private static bool IsVerbatim(ReadOnlySpan<byte> payload) =>
        Utf8.IsValid(payload) && JsonScanner.IsValue(payload, BrokerCommand.MaxDepth - 1) && payload.Trim(" \t\r\n"u8).Length == payload.Length;
}
