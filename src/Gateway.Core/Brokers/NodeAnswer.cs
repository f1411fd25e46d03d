using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Gateway.Core.Json;

namespace Gateway.Core.Brokers;

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
        if (json.Length > MaxBytes || !Utf8.IsValid(json))
            return null;
        try
        {
            return JsonReading.Read(json, QuestionJson.Default.NodeAnswer) is { Id.Length: > 0 and <= NodeQuestion.MaxIdLength } answer && NodeName.IsValid(answer.Node) ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, QuestionJson.Default.NodeAnswer);
}
