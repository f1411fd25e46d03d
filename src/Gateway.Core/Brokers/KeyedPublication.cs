using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Core.Channels;

namespace Gateway.Core.Brokers;

/// <summary>
/// A publication with a key, which a plain one has no place for: it travels as an envelope. Nodes that do not know the key ignore it.
/// </summary>
internal static class KeyedPublication
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The envelope, UTF-8 JSON.</summary>
    /// <param name="channel">Where to.</param>
    /// <param name="payload">Arrives byte for byte.</param>
    /// <param name="isJson">It is one JSON value and nothing around it.</param>
    /// <param name="key">Its key.</param>
    /// <param name="trace">That it belongs to; null: none.</param>
    public static ReadOnlyMemory<byte> Of(ChannelName channel, ReadOnlySpan<byte> payload, bool isJson, string key, Activity? trace)
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length + 512);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartObject();
        writer.WriteNumber("v"u8, BrokerCommand.CurrentVersion);
        writer.WriteStartArray("channels"u8);
        writer.WriteStringValue(channel.Utf8);
        writer.WriteEndArray();
        writer.WriteString("key"u8, key);
        if (trace?.Id is { } traceparent)
            writer.WriteString("traceparent"u8, traceparent);
        if (trace?.TraceStateString is { } tracestate)
            writer.WriteString("tracestate"u8, tracestate);
        // Text that is no JSON might need more escapes than base64 takes; a node takes envelopes of a certain size.
        if (isJson)
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
}
