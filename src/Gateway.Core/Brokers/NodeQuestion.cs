using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Core.Brokers;

/// <summary>
/// What a node asks all others: an envelope with the operation <c>ask</c>, which nodes that do not know it count and leave alone. The answers
/// come to a place of the asking node alone (<see cref="IBroker.ReplyAsync"/>).
/// </summary>
public sealed record NodeQuestion
{
    /// <summary>The envelope's operation.</summary>
    public const string Operation = "ask";

    /// <summary>Envelope version.</summary>
    [JsonPropertyName("v")]
    public int Version { get; init; } = BrokerCommand.CurrentVersion;

    /// <summary>Always <see cref="Operation"/>.</summary>
    [JsonPropertyName("op")]
    public string Op { get; init; } = Operation;

    /// <summary>Comes back in the answers.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>The node that asks.</summary>
    [JsonPropertyName("from")]
    public string From { get; init; } = "";

    /// <summary>What it asks for: <c>lagging</c>, <c>connection</c>, <c>explain</c>; a newer node may ask for more.</summary>
    [JsonPropertyName("ask")]
    public string Ask { get; init; } = "";

    /// <summary>The connection that is meant.</summary>
    [JsonPropertyName("connection")]
    public string? Connection { get; init; }

    /// <summary>The channel that is meant.</summary>
    [JsonPropertyName("channel")]
    public string? Channel { get; init; }

    /// <summary>At most so many.</summary>
    [JsonPropertyName("limit")]
    public int Limit { get; init; }

    /// <summary>Reads one; null when it is none that can be answered.</summary>
    public static NodeQuestion? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, QuestionJson.Default.NodeQuestion) is { Id.Length: > 0 and <= 64, From.Length: > 0, Ask.Length: > 0 } question ? question : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, QuestionJson.Default.NodeQuestion);
}

/// <summary>One node's answer to a <see cref="NodeQuestion"/>.</summary>
public sealed record NodeAnswer
{
    /// <summary>
    /// As JSON; a larger one is not sent, and not taken. Ten times what a hundred connections or a thousand characters of channel names take.
    /// </summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>The question's.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>The node that answers.</summary>
    [JsonPropertyName("node")]
    public string Node { get; init; } = "";

    /// <summary>What was asked for; <c>null</c>: it has none.</summary>
    [JsonPropertyName("body")]
    public JsonElement Body { get; init; }

    /// <summary>Reads one; null when it is none.</summary>
    public static NodeAnswer? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, QuestionJson.Default.NodeAnswer) is { Id.Length: > 0, Node.Length: > 0 } answer ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, QuestionJson.Default.NodeAnswer);
}

[JsonSerializable(typeof(NodeQuestion))]
[JsonSerializable(typeof(NodeAnswer))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class QuestionJson : JsonSerializerContext;
