using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Protocols.Json;

/// <summary>The server's messages in gateway.v1, but for publications, which <see cref="JsonEncoder"/> makes.</summary>
internal static class JsonMessages
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // Text stays readable; it is never put into a page as it is.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    // A thread's own: messages are small and frequent.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    public static OutboundFrame Welcome(ConnectionId connection, string node, TimeSpan heartbeat, TimeSpan? expiresIn = null)
    {
        var writer = Begin("welcome"u8);
        writer.WriteString("connection"u8, connection.ToString());
        writer.WriteString("node"u8, node);
        writer.WriteNumber("heartbeat"u8, (long)Math.Ceiling(heartbeat.TotalSeconds));
        WriteExpiry(writer, expiresIn);
        return End();
    }

    /// <summary>A token has taken the place of the last one.</summary>
    public static OutboundFrame Refreshed(ReadOnlySpan<byte> id, TimeSpan? expiresIn)
    {
        var writer = Begin("ok"u8);
        WriteId(writer, id);
        WriteExpiry(writer, expiresIn);
        return End();
    }

    public static OutboundFrame Expiring(TimeSpan left)
    {
        var writer = Begin("expiring"u8);
        writer.WriteNumber("in_ms"u8, (long)left.TotalMilliseconds);
        return End();
    }

    public static OutboundFrame Ok(ReadOnlySpan<byte> id, ChannelName channel)
    {
        var writer = Begin("ok"u8);
        WriteId(writer, id);
        writer.WriteString("channel"u8, channel.Utf8);
        return End();
    }

    public static OutboundFrame Pong(ReadOnlySpan<byte> id)
    {
        WriteId(Begin("pong"u8), id);
        return End();
    }

    public static OutboundFrame Error(ReadOnlySpan<byte> id, string code, string message)
    {
        var writer = Begin("error"u8);
        WriteId(writer, id);
        writer.WriteString("code"u8, code);
        writer.WriteString("message"u8, message);
        return End();
    }

    public static OutboundFrame Gap(TimeSpan duration, TimeSpan within)
    {
        var writer = Begin("gap"u8);
        writer.WriteString("channels"u8, "all"u8);
        writer.WriteNumber("ms"u8, (long)duration.TotalMilliseconds);
        writer.WriteNumber("within_ms"u8, (long)within.TotalMilliseconds);
        return End();
    }

    public static OutboundFrame Skipped(string channel, long count)
    {
        var writer = Begin("skipped"u8);
        writer.WriteString("channel"u8, channel);
        writer.WriteNumber("count"u8, count);
        return End();
    }

    public static OutboundFrame Reconnect(TimeSpan after, string reason)
    {
        var writer = Begin("reconnect"u8);
        writer.WriteNumber("after_ms"u8, (long)after.TotalMilliseconds);
        writer.WriteString("reason"u8, reason);
        return End();
    }

    public static OutboundFrame Unsubscribed(ChannelName channel, string reason)
    {
        var writer = Begin("unsubscribed"u8);
        writer.WriteString("channel"u8, channel.Utf8);
        writer.WriteString("reason"u8, reason);
        return End();
    }

    private static void WriteExpiry(Utf8JsonWriter writer, TimeSpan? expiresIn)
    {
        if (expiresIn is { } left)
            writer.WriteNumber("expires_in"u8, Math.Max(0, (long)left.TotalSeconds));
    }

    private static void WriteId(Utf8JsonWriter writer, ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
            return;
        writer.WritePropertyName("id"u8);
        writer.WriteRawValue(id, skipInputValidation: true);
    }

    private static Utf8JsonWriter Begin(ReadOnlySpan<byte> type)
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(512);
        buffer.ResetWrittenCount();
        var writer = t_writer ??= new Utf8JsonWriter(buffer, WriterOptions);
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        return writer;
    }

    private static OutboundFrame End()
    {
        t_writer!.WriteEndObject();
        t_writer.Flush();
        return OutboundFrame.Create(Opcode.Text, t_buffer!.WrittenSpan);
    }
}
