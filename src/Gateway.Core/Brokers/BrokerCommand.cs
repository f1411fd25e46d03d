using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Core.Brokers;

/// <summary>
/// The envelope that nodes and backends send to every node (<c>gateway:cmd</c>): a publication to several channels, or an operation.
/// Unknown fields are ignored and a newer version is refused, so that nodes of neighbouring versions live side by side in a deploy.
/// </summary>
public sealed class BrokerCommand
{
    /// <summary>The version this node writes and the newest it reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Envelope version.</summary>
    [JsonPropertyName("v")]
    public int Version { get; init; }

    /// <summary>The operation; absent for a publication.</summary>
    [JsonPropertyName("op")]
    public string? Operation { get; init; }

    /// <summary>Channels to publish to.</summary>
    [JsonPropertyName("channels")]
    public string[]? Channels { get; init; }

    /// <summary>Payload: any JSON, relayed verbatim.</summary>
    [JsonPropertyName("data")]
    public JsonElement? Data { get; init; }

    /// <summary>Payload: text.</summary>
    [JsonPropertyName("text")]
    public string? Text { get; init; }

    /// <summary>Payload: bytes, base64.</summary>
    [JsonPropertyName("binary")]
    public byte[]? Binary { get; init; }

    /// <summary>Id of the connection that <c>disconnect</c> means.</summary>
    [JsonPropertyName("connection")]
    public string? Connection { get; init; }

    /// <summary>Reads an envelope; null when it is not one.</summary>
    public static BrokerCommand? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, BrokerJson.Default.BrokerCommand);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An envelope that disconnects a connection, wherever it is.</summary>
    public static byte[] Disconnect(string connection) => JsonSerializer.SerializeToUtf8Bytes(
        new BrokerCommand { Version = CurrentVersion, Operation = "disconnect", Connection = connection },
        BrokerJson.Default.BrokerCommand);
}

[JsonSerializable(typeof(BrokerCommand))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class BrokerJson : JsonSerializerContext;
