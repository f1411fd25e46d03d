using System.Text.Unicode;
using Gateway.Core.Json;

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
    // Deep enough for any document; the scanner keeps one bit a level.
    private const int MaxDepth = 1000;

    public static PayloadKind Of(ReadOnlySpan<byte> payload) =>
        !Utf8.IsValid(payload) ? PayloadKind.Binary
        : JsonScanner.IsValue(payload, MaxDepth) ? PayloadKind.Json
        : PayloadKind.Text;
}
