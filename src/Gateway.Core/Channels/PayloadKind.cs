using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Core.Channels;

/// <summary>What a payload is, to a client that gets it in JSON.</summary>
internal enum PayloadKind : byte
{
    Unknown,

    /// <summary>Exactly one JSON value.</summary>
    Json,

    /// <summary>Other UTF-8.</summary>
    Text,

    /// <summary>Not text.</summary>
    Binary,
}

internal static class PayloadKinds
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    // Deep enough for any document; the reader keeps one bit a level.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 1000 };

    public static PayloadKind Of(ReadOnlySpan<byte> payload)
    {
        if (!Utf8.IsValid(payload))
            return PayloadKind.Binary;
        return MayBeJson(payload.Trim(" \t\r\n"u8)) && IsJson(payload) ? PayloadKind.Json : PayloadKind.Text;
    }

    /// <summary>
    /// Whether the ends look like a JSON value's (RFC 8259 §3): the reader throws for what is none, at 15 times the price of reading,
    /// and most text that is published shows already here that it is not JSON.
    /// </summary>
    private static bool MayBeJson(ReadOnlySpan<byte> trimmed)
    {
        if (trimmed.IsEmpty)
            return false;
        return trimmed[0] switch
        {
            (byte)'{' => trimmed[^1] == '}',
            (byte)'[' => trimmed[^1] == ']',
            (byte)'"' => trimmed[^1] == '"',
            (byte)'t' => trimmed.SequenceEqual("true"u8),
            (byte)'f' => trimmed.SequenceEqual("false"u8),
            (byte)'n' => trimmed.SequenceEqual("null"u8),
            _ => trimmed.IndexOfAnyExcept(NumberBytes) < 0,
        };
    }

    private static bool IsJson(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload, ReaderOptions);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
