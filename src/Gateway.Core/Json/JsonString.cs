using System.Text;

namespace Gateway.Core.Json;

/// <summary>What stands between a JSON string's quotes, known to be right, as text.</summary>
public static class JsonString
{
    /// <summary>
    /// Writes the text in UTF-8, which is never longer than what it is made of. False: an escaped half of a surrogate pair stands alone, which
    /// no UTF-8 can say (RFC 8259 §8.2), or the text does not fit.
    /// </summary>
    public static bool TryUnescape(ReadOnlySpan<byte> escaped, Span<byte> text, out int written)
    {
        written = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            var run = plain < 0 ? escaped : escaped[..plain];
            if (!run.TryCopyTo(text[written..]))
                return false;
            written += run.Length;
            if (plain < 0)
                return true;
            escaped = escaped[plain..];
            if (!TryTakeCharacter(ref escaped, out var character) || !character.TryEncodeToUtf8(text[written..], out var bytes))
                return false;
            written += bytes;
        }
    }

    /// <summary>Whether the text is this one.</summary>
    /// <param name="escaped">What stands between the quotes.</param>
    /// <param name="text">UTF-8.</param>
    public static bool Is(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> text)
    {
        while (!escaped.IsEmpty)
        {
            if (escaped[0] != (byte)'\\')
            {
                if (text.IsEmpty || text[0] != escaped[0])
                    return false;
                escaped = escaped[1..];
                text = text[1..];
                continue;
            }

            if (!TryTakeCharacter(ref escaped, out var character) || Rune.DecodeFromUtf8(text, out var expected, out var bytes) != System.Buffers.OperationStatus.Done || expected != character)
                return false;
            text = text[bytes..];
        }

        return text.IsEmpty;
    }

    private static bool TryTakeCharacter(ref ReadOnlySpan<byte> escaped, out Rune character)
    {
        var kind = escaped[1];
        if (kind != (byte)'u')
        {
            escaped = escaped[2..];
            character = new Rune(kind switch { (byte)'b' => '\b', (byte)'f' => '\f', (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t', _ => (char)kind });
            return true;
        }

        var first = TakeUnit(ref escaped);
        if (Rune.TryCreate(first, out character))
            return true;
        return char.IsHighSurrogate(first) && escaped.StartsWith("\\u"u8) && Rune.TryCreate(first, TakeUnit(ref escaped), out character);
    }

    private static char TakeUnit(ref ReadOnlySpan<byte> escaped)
    {
        var unit = 0;
        foreach (var digit in escaped[2..6])
            unit = (unit << 4) | (digit <= (byte)'9' ? digit - '0' : (digit & 0xDF) - 'A' + 10);
        escaped = escaped[6..];
        return (char)unit;
    }
}
