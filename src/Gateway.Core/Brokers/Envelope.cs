using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Gateway.Core.Json;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Brokers;

/// <summary>
/// The envelope that nodes and backends send to every node (<c>gateway:cmd</c>): a publication to several channels, or an operation.
/// Unknown fields are ignored and a newer version is refused, so that nodes of neighbouring versions live side by side in a deploy.
/// </summary>
public sealed class Envelope
{
    /// <summary>The version this node writes and the newest it reads.</summary>
    public const int CurrentVersion = 1;

    // As deep as a payload that is published directly may be.
    internal const int MaxDepth = 1000;

    /// <summary>Envelope version.</summary>
    [JsonPropertyName("v")]
    public int Version { get; init; }

    /// <summary>The operation; absent for a publication.</summary>
    [JsonPropertyName("op")]
    public string? Operation { get; init; }

    /// <summary>Channels to publish to.</summary>
    [JsonPropertyName("channels")]
    public string[]? Channels { get; init; }

    /// <summary>Payload: any JSON, <c>null</c> too where there is no other, relayed verbatim; empty when absent.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>Payload: text.</summary>
    [JsonPropertyName("text")]
    public string? Text { get; init; }

    /// <summary>Payload: bytes, base64; they stay bytes for subscribers, also where they happen to be text.</summary>
    [JsonPropertyName("binary")]
    public byte[]? Binary { get; init; }

    /// <summary>
    /// What the publication is about, where only the newest about it counts. Of any kind, since a mistake in it must not cost the publication.
    /// </summary>
    [JsonPropertyName("key")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Key { get; init; }

    /// <summary>Id of the connection that <c>disconnect</c> means.</summary>
    [JsonPropertyName("connection")]
    public string? Connection { get; init; }

    /// <summary>The user whose connections <c>disconnect</c> means.</summary>
    [JsonPropertyName("user")]
    public string? User { get; init; }

    /// <summary>W3C Trace Context of a publication. Of any kind, since a mistake in it must not cost the publication.</summary>
    [JsonPropertyName("traceparent")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Traceparent { get; init; }

    /// <summary>The same, of what vendors add to it.</summary>
    [JsonPropertyName("tracestate")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Tracestate { get; init; }

    /// <summary>The trace that the publication belongs to; the default: none is given that could be read.</summary>
    [JsonIgnore]
    internal ActivityContext Trace => TraceContext.Parse(TextOf(Traceparent), TextOf(Tracestate));

    /// <summary>Reads an envelope; null when it is not one. Of a newer one the version alone is sure to be read.</summary>
    public static Envelope? TryParse(ReadOnlySpan<byte> json)
    {
        json = ByteOrderMark.Skip(json);
        if (!Utf8.IsValid(json) || !JsonScanner.IsValue(json, MaxDepth) || JsonScanner.SkipPast(json, 0, (byte)'{') < 0)
            return null;
        var head = new ArrayBufferWriter<byte>(256);
        var data = TakeApart(json, head);
        try
        {
            var command = JsonReading.Read(head.WrittenSpan, EnvelopeJson.Default.Envelope)!;
            command.Data = data.ToArray();
            return command;
        }
        catch (JsonException)
        {
            // A newer version may have given a field another kind.
            return TryParseVersion(head.WrittenSpan) is var version and > CurrentVersion ? new Envelope { Version = version } : null;
        }
    }

    /// <summary>An envelope that disconnects a connection, wherever it is.</summary>
    public static byte[] Disconnect(string connection) => JsonSerializer.SerializeToUtf8Bytes(
        new Envelope { Version = CurrentVersion, Operation = "disconnect", Connection = connection },
        EnvelopeJson.Default.Envelope);

    /// <summary>An envelope that disconnects all connections of a user.</summary>
    public static byte[] DisconnectUser(string user) => JsonSerializer.SerializeToUtf8Bytes(
        new Envelope { Version = CurrentVersion, Operation = "disconnect", User = user },
        EnvelopeJson.Default.Envelope);

    /// <summary>
    /// The fields that are read, without the payload, which is any client's: the library makes a tree of it, at a price that is its size times
    /// its depth. A client's 256 KB in a hundred levels took each node 130 ms.
    /// </summary>
    private static ReadOnlySpan<byte> TakeApart(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> head)
    {
        ReadOnlySpan<byte> data = default;
        var hasOther = false;
        head.Write("{\"\":0"u8);
        for (var members = new JsonMembers(json); members.MoveNext();)
        {
            if (JsonString.Is(members.Name, "data"u8))
            {
                data = members.Value;
                continue;
            }

            if (JsonAbsence.IsNull(members.Value))
                continue;
            hasOther |= JsonString.Is(members.Name, "text"u8) || JsonString.Is(members.Name, "binary"u8);
            // Of any kind but their own they are as good as none.
            var isText = members.Value[0] == (byte)'"';
            if (!IsRead(members.Name) && !(isText && IsReadAsText(members.Name)))
                continue;
            head.Write(",\""u8);
            head.Write(members.Name);
            head.Write("\":"u8);
            head.Write(members.Value);
        }

        head.Write("}"u8);
        return hasOther && JsonAbsence.IsNull(data) ? default : data;
    }

    private static bool IsRead(ReadOnlySpan<byte> name) =>
        JsonString.Is(name, "v"u8) || JsonString.Is(name, "op"u8) || JsonString.Is(name, "channels"u8) || JsonString.Is(name, "text"u8)
        || JsonString.Is(name, "binary"u8) || JsonString.Is(name, "connection"u8) || JsonString.Is(name, "user"u8);

    private static bool IsReadAsText(ReadOnlySpan<byte> name) =>
        JsonString.Is(name, "key"u8) || JsonString.Is(name, "traceparent"u8) || JsonString.Is(name, "tracestate"u8);

    // The raw text, since an escaped half of a surrogate pair has no other; neither field needs escapes.
    private static string? TextOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetRawText().Trim('"') : null;

    private static int TryParseVersion(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonReading.Read(json, EnvelopeJson.Default.EnvelopeVersion)?.Version ?? 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }
}

/// <summary>What envelopes of all versions have.</summary>
internal sealed class EnvelopeVersion
{
    [JsonPropertyName("v")]
    public int Version { get; init; }
}

[JsonSerializable(typeof(Envelope))]
[JsonSerializable(typeof(EnvelopeVersion))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class EnvelopeJson : JsonSerializerContext;
