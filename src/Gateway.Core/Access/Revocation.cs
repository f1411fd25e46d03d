using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Gateway.Core.Json;

namespace Gateway.Core.Access;

/// <summary>
/// Takes tokens back before they expire: all of a user that were issued before a moment, or one by its id. Nodes tell each other in an
/// envelope with the operation <c>revoke</c>, and the broker keeps the same text for those that start later.
/// </summary>
public sealed record Revocation
{
    /// <summary>The envelope's operation.</summary>
    public const string OperationName = "revoke";

    /// <summary>Longest user or token id, in characters: both become part of a key.</summary>
    public const int MaxNameLength = 512;

    /// <summary>The newest version that is read.</summary>
    private const int CurrentVersion = 1;

    /// <summary>Envelope version.</summary>
    [JsonPropertyName("v")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Always <see cref="OperationName"/>.</summary>
    [JsonPropertyName("op")]
    public string Operation { get; init; } = OperationName;

    /// <summary>Claim <c>sub</c> of the tokens; null: <see cref="TokenId"/> says which.</summary>
    [JsonPropertyName("user")]
    public string? User { get; init; }

    /// <summary>Claim <c>jti</c> of the token.</summary>
    [JsonPropertyName("jti")]
    public string? TokenId { get; init; }

    /// <summary>A user's tokens issued before this are revoked; Unix time in milliseconds.</summary>
    [JsonPropertyName("at")]
    public long At { get; init; }

    /// <summary>Forgotten then, when the tokens have expired by themselves; Unix time in milliseconds.</summary>
    [JsonPropertyName("until")]
    public long Until { get; init; }

    /// <summary>Tells it from others: a later one of the same name takes its place.</summary>
    [JsonIgnore]
    public string Name => User is null ? "jti:" + TokenId : "user:" + User;

    /// <summary>Reads one; null when it is none, or of a newer version.</summary>
    public static Revocation? TryParse(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            return null;
        try
        {
            return JsonReading.Read(json, RevocationJson.Default.Revocation) is { Version: CurrentVersion } revocation
                && IsName(revocation.User) != IsName(revocation.TokenId) ? revocation : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RevocationJson.Default.Revocation);

    private static bool IsName(string? text) => text is { Length: > 0 and <= MaxNameLength };
}

[JsonSerializable(typeof(Revocation))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RevocationJson : JsonSerializerContext;
