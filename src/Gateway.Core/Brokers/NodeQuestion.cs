using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Gateway.Core.Json;

namespace Gateway.Core.Brokers;

/// <summary>
/// What a node asks all others: an envelope with the operation <c>ask</c>, which nodes that do not know it count and leave alone. The answers
/// come to a place of the asking node alone (<see cref="INodeBus.ReplyAsync"/>).
/// </summary>
public sealed record NodeQuestion
{
    /// <summary>The envelope's operation.</summary>
    public const string Operation = "ask";

    /// <summary>Longest <see cref="Id"/>, in characters.</summary>
    internal const int MaxIdLength = 64;

    /// <summary>Longest of what is asked about, in characters: above any user's, channel's or connection's name, and as the API takes it.</summary>
    private const int MaxText = 1024;

    /// <summary>Envelope version.</summary>
    [JsonPropertyName("v")]
    public int Version { get; init; } = Envelope.CurrentVersion;

    /// <summary>Always <see cref="Operation"/>.</summary>
    [JsonPropertyName("op")]
    public string Op { get; init; } = Operation;

    /// <summary>Comes back in the answers.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>The node that asks.</summary>
    [JsonPropertyName("from")]
    public string From { get; init; } = "";

    /// <summary>What it asks for: <c>lagging</c>, <c>connection</c>, <c>explain</c>, <c>user</c>, <c>subscribers</c>, <c>ended</c>; a newer node may ask for more.</summary>
    [JsonPropertyName("ask")]
    public string Ask { get; init; } = "";

    /// <summary>The connection that is meant.</summary>
    [JsonPropertyName("connection")]
    public string? Connection { get; init; }

    /// <summary>The user that is meant.</summary>
    [JsonPropertyName("user")]
    public string? User { get; init; }

    /// <summary>The channel that is meant.</summary>
    [JsonPropertyName("channel")]
    public string? Channel { get; init; }

    /// <summary>At most so many.</summary>
    [JsonPropertyName("limit")]
    public int Limit { get; init; }

    /// <summary>Reads one; null when it is none that can be answered.</summary>
    public static NodeQuestion? TryParse(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            return null;
        try
        {
            return JsonReading.Read(json, QuestionJson.Default.NodeQuestion) is { Id.Length: > 0 and <= MaxIdLength, Ask.Length: > 0 and <= MaxText } question && question.IsShort && NodeName.IsValid(question.From) ? question : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool IsShort => !(Connection?.Length > MaxText || User?.Length > MaxText || Channel?.Length > MaxText);

    /// <summary>As UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, QuestionJson.Default.NodeQuestion);
}

[JsonSerializable(typeof(NodeQuestion))]
[JsonSerializable(typeof(NodeAnswer))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class QuestionJson : JsonSerializerContext;
