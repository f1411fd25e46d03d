namespace Gateway.Core.Json;

/// <summary>
/// The mark that some editors and libraries put in front of a text in UTF-8. It says nothing, so whoever reads JSON or a key passes over it (RFC 8259
/// §8.1 allows that).
/// </summary>
public static class ByteOrderMark
{
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>How many bytes of the text's beginning are the mark: all of it or none.</summary>
    public static int LengthAt(ReadOnlySpan<byte> text) => text.StartsWith(Mark) ? Mark.Length : 0;

    /// <summary>The text behind it.</summary>
    public static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> text) => text[LengthAt(text)..];

    /// <summary>The text behind it.</summary>
    public static ReadOnlyMemory<byte> Skip(ReadOnlyMemory<byte> text) => text[LengthAt(text.Span)..];
}
