using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Channels;
using Gateway.Core.Json;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Brokers;

/// <summary>
/// Says of a publication that follows which trace it belongs to: an envelope of its own (<c>"op":"trace"</c>), so that a publication
/// that is traced travels as any other (docs/decisions/0009-tracing.md). Nodes that do not know it count it and go on.
/// </summary>
internal sealed record TraceNote
{
    /// <summary>The operation's name in an envelope.</summary>
    public const string OperationName = "trace";

    // Half of a SHA-256: no other payload of the channel has it by chance.
    private const int DigestBytes = 16;

    [JsonPropertyName("v")]
    public int Version { get; init; } = BrokerCommand.CurrentVersion;

    [JsonPropertyName("op")]
    public string Operation { get; init; } = OperationName;

    [JsonPropertyName("channel")]
    public string Channel { get; init; } = "";

    /// <summary>The payload's length.</summary>
    [JsonPropertyName("bytes")]
    public int Bytes { get; init; }

    /// <summary>Of the payload, in hexadecimal digits.</summary>
    [JsonPropertyName("digest")]
    public string Digest { get; init; } = "";

    [JsonPropertyName("traceparent")]
    public string Traceparent { get; init; } = "";

    [JsonPropertyName("tracestate")]
    public string? Tracestate { get; init; }

    /// <summary>The context; its default when it is malformed.</summary>
    [JsonIgnore]
    public ActivityContext Context => TraceContext.Parse(Traceparent, Tracestate);

    public static byte[] Of(ChannelName channel, ReadOnlySpan<byte> payload, Activity publish) => JsonSerializer.SerializeToUtf8Bytes(
        new TraceNote
        {
            Channel = channel.Text,
            Bytes = payload.Length,
            Digest = DigestOf(payload),
            Traceparent = publish.Id!,
            Tracestate = publish.TraceStateString,
        },
        TraceNoteJson.Default.TraceNote);

    /// <summary>Null: it is none.</summary>
    public static TraceNote? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonReading.Read(json, TraceNoteJson.Default.TraceNote);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public bool IsOf(ReadOnlySpan<byte> payload) => payload.Length == Bytes && DigestOf(payload) == Digest;

    private static string DigestOf(ReadOnlySpan<byte> payload)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload, hash);
        return Convert.ToHexStringLower(hash[..DigestBytes]);
    }
}

[JsonSerializable(typeof(TraceNote))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TraceNoteJson : JsonSerializerContext;
