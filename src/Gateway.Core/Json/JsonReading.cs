using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Core.Json;

/// <summary>Reads JSON that others have written, with the library, by the rules that hold for all of it: <see cref="JsonAbsence"/>, <see cref="ByteOrderMark"/>.</summary>
public static class JsonReading
{
    /// <summary>Reads an object of a known type.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static T? Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) =>
#pragma warning disable RS0030 // what this is for
        JsonSerializer.Deserialize(JsonAbsence.WithoutNulls(ByteOrderMark.Skip(json)), type);
#pragma warning restore RS0030

    /// <summary>Reads any JSON; its members are asked for by <see cref="JsonAbsence.TryGetGiven"/>.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static JsonDocument ReadDocument(ReadOnlyMemory<byte> json, JsonDocumentOptions options = default) =>
#pragma warning disable RS0030 // what this is for
        JsonDocument.Parse(ByteOrderMark.Skip(json), options);
#pragma warning restore RS0030
}
