using System.Buffers;
using System.Text.Json;

namespace Gateway.Core.Json;

/// <summary>
/// The one rule about absence, for all JSON that is read: a member that is <c>null</c> is as good as none, since many serialisers write one where
/// nothing was set. Items of arrays are what they are. The one member whose <c>null</c> is a value is a publication's <c>data</c>, where there is
/// no other payload.
/// </summary>
public static class JsonAbsence
{
    /// <summary>Whether a value says that there is none.</summary>
    /// <param name="value">Valid, and as it stands in the JSON.</param>
    public static bool IsNull(ReadOnlySpan<byte> value) => value is [(byte)'n', ..];

    /// <summary>Finds a member that is given.</summary>
    /// <param name="element">An object.</param>
    /// <param name="name">The member's.</param>
    /// <param name="value">Its value, which is not null.</param>
    public static bool TryGetGiven(this JsonElement element, string name, out JsonElement value) =>
#pragma warning disable RS0030 // what this is for
        element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
#pragma warning restore RS0030

    /// <summary>The same JSON without the members that are null, of objects at any depth.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ReadOnlySpan<byte> WithoutNulls(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("null"u8) < 0)
            return json;
        var kept = new ArrayBufferWriter<byte>(json.Length);
        var reader = new Utf8JsonReader(json);
        var isBehindValue = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null)
                    continue;
                Separate(kept, isBehindValue);
                WriteText(kept, name);
                kept.Write(":"u8);
                isBehindValue = false;
            }

            isBehindValue = WriteToken(kept, in reader, isBehindValue);
        }

        return kept.WrittenSpan;
    }

    /// <summary>Says whether a comma is due before what follows in the same object or array.</summary>
    private static bool WriteToken(ArrayBufferWriter<byte> kept, in Utf8JsonReader reader, bool isBehindValue)
    {
        if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            kept.Write(reader.ValueSpan);
            return true;
        }

        Separate(kept, isBehindValue);
        if (reader.TokenType == JsonTokenType.String)
            WriteText(kept, reader.ValueSpan);
        else
            kept.Write(reader.ValueSpan);
        return reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray);
    }

    private static void Separate(ArrayBufferWriter<byte> kept, bool isBehindValue)
    {
        if (isBehindValue)
            kept.Write(","u8);
    }

    /// <param name="kept">Where to.</param>
    /// <param name="escaped">As it stands between the quotes.</param>
    private static void WriteText(ArrayBufferWriter<byte> kept, ReadOnlySpan<byte> escaped)
    {
        kept.Write("\""u8);
        kept.Write(escaped);
        kept.Write("\""u8);
    }
}
