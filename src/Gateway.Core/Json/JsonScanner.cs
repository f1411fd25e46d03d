using System.Buffers;

namespace Gateway.Core.Json;

/// <summary>
/// Finds where a JSON value ends and whether it is one (RFC 8259), and makes nothing of it. The library's reader hands out token by token, at
/// 5 to 20 ns each, and a client decides how many there are: a megabyte holds half a million. This one takes some ten nanoseconds a byte at most, whatever
/// they are, and says no by a result, where the library throws at 10 µs a time.
/// </summary>
public static class JsonScanner
{
    /// <summary>Deepest nesting that can be asked for: a bit a level says whether it is an object.</summary>
    public const int MaxDepth = 1024;

    private const int BitsOfWord = 64;

    // A call of the vectorised search costs as much as this many bytes do one by one.
    private const int ShortString = 16;

    private static readonly SearchValues<byte> StringStops = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(b => (byte)b)]);

    /// <summary>Whether the text is exactly one value, with or without white space around it.</summary>
    /// <param name="json">Valid UTF-8.</param>
    /// <param name="maxDepth">Arrays and objects within each other.</param>
    public static bool IsValue(ReadOnlySpan<byte> json, int maxDepth)
    {
        var end = SkipValue(json, SkipSpace(json, 0), maxDepth);
        return end >= 0 && SkipSpace(json, end) == json.Length;
    }

    /// <summary>The place of the first byte that is no white space; the length: there is none.</summary>
    public static int SkipSpace(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            at++;
        return at;
    }

    /// <summary>The place of a character and white space behind it; -1: something else stands there.</summary>
    public static int SkipPast(ReadOnlySpan<byte> json, int at, byte character)
    {
        at = SkipSpace(json, at);
        return (uint)at < (uint)json.Length && json[at] == character ? SkipSpace(json, at + 1) : -1;
    }

    /// <summary>The end of the string that begins here; -1: none does.</summary>
    public static int SkipString(ReadOnlySpan<byte> json, int at)
    {
        if ((uint)at >= (uint)json.Length || json[at] != (byte)'"')
            return -1;
        at++;
        while (true)
        {
            var most = Math.Min(json.Length, at + ShortString);
            while (at < most && json[at] is >= 0x20 and not (byte)'"' and not (byte)'\\')
                at++;
            if (at == most)
            {
                var stop = json[at..].IndexOfAny(StringStops);
                if (stop < 0)
                    return -1;
                at += stop;
            }

            switch (json[at])
            {
                case (byte)'"':
                    return at + 1;
                case (byte)'\\':
                    at = SkipEscape(json, at + 1);
                    if (at < 0)
                        return -1;
                    break;
                default:
                    return -1; // a control character
            }
        }
    }

    /// <summary>The end of the value that begins here; -1: none does, or it is nested too deeply.</summary>
    public static int SkipValue(ReadOnlySpan<byte> json, int at, int maxDepth)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxDepth, MaxDepth);
        if ((uint)at >= (uint)json.Length)
            return -1;
        return json[at] is (byte)'{' or (byte)'[' ? SkipNested(json, at, maxDepth) : SkipScalar(json, at);
    }

    private static int SkipNested(ReadOnlySpan<byte> json, int at, int maxDepth)
    {
        Span<ulong> objects = stackalloc ulong[MaxDepth / BitsOfWord]; // a bit a level: it is an object
        var depth = 0;
        while (true)
        {
            // A value begins here.
            if ((uint)at >= (uint)json.Length)
                return -1;
            var first = json[at];
            if (first is (byte)'{' or (byte)'[')
            {
                if (depth == maxDepth)
                    return -1;
                var isObject = first == (byte)'{';
                Mark(objects, depth++, isObject);
                at = SkipSpace(json, at + 1);
                if ((uint)at >= (uint)json.Length)
                    return -1;
                if (json[at] != (isObject ? (byte)'}' : (byte)']'))
                {
                    if (isObject && (at = SkipName(json, at)) < 0)
                        return -1;
                    continue;
                }
            }
            else
            {
                at = SkipScalar(json, at) - 1;
                if (at < 0)
                    return -1;
            }

            // A value's last byte is here: what follows ends others, or begins the next.
            while (true)
            {
                if (json[at] is (byte)'}' or (byte)']' && --depth == 0)
                    return at + 1;
                at = SkipSpace(json, at + 1);
                if ((uint)at >= (uint)json.Length)
                    return -1;
                var isObject = IsMarked(objects, depth - 1);
                if (json[at] == (isObject ? (byte)'}' : (byte)']'))
                    continue;
                if (json[at] != (byte)',')
                    return -1;
                at = SkipSpace(json, at + 1);
                if (isObject && (at = SkipName(json, at)) < 0)
                    return -1;
                break;
            }
        }
    }

    private static void Mark(Span<ulong> objects, int level, bool isObject)
    {
        var bit = 1UL << (level % BitsOfWord);
        ref var word = ref objects[level / BitsOfWord];
        word = isObject ? word | bit : word & ~bit;
    }

    private static bool IsMarked(ReadOnlySpan<ulong> objects, int level) => (objects[level / BitsOfWord] >> (level % BitsOfWord) & 1) != 0;

    /// <summary>A member's name, its colon, and white space around them.</summary>
    private static int SkipName(ReadOnlySpan<byte> json, int at)
    {
        at = SkipString(json, at);
        return at < 0 ? -1 : SkipPast(json, at, (byte)':');
    }

    private static int SkipScalar(ReadOnlySpan<byte> json, int at) => json[at] switch
    {
        (byte)'"' => SkipString(json, at),
        (byte)'t' => SkipWord(json, at, "true"u8),
        (byte)'f' => SkipWord(json, at, "false"u8),
        (byte)'n' => SkipWord(json, at, "null"u8),
        _ => SkipNumber(json, at),
    };

    private static int SkipWord(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> word) => json[at..].StartsWith(word) ? at + word.Length : -1;

    /// <summary>RFC 8259 §6: [ minus ] int [ frac ] [ exp ].</summary>
    private static int SkipNumber(ReadOnlySpan<byte> json, int at)
    {
        if (json[at] == (byte)'-')
            at++;
        var digits = at;
        at = SkipDigits(json, at);
        if (at < 0 || (json[digits] == (byte)'0' && at > digits + 1))
            return -1;
        if ((uint)at < (uint)json.Length && json[at] == (byte)'.' && (at = SkipDigits(json, at + 1)) < 0)
            return -1;
        if ((uint)at >= (uint)json.Length || json[at] is not ((byte)'e' or (byte)'E'))
            return at;
        at++;
        return SkipDigits(json, (uint)at < (uint)json.Length && json[at] is (byte)'+' or (byte)'-' ? at + 1 : at);
    }

    /// <summary>One or more; else -1.</summary>
    private static int SkipDigits(ReadOnlySpan<byte> json, int at)
    {
        var first = at;
        while ((uint)at < (uint)json.Length && json[at] is >= (byte)'0' and <= (byte)'9')
            at++;
        return at > first ? at : -1;
    }

    private static int SkipEscape(ReadOnlySpan<byte> json, int at)
    {
        if ((uint)at >= (uint)json.Length)
            return -1;
        switch (json[at])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return at + 1;
            case (byte)'u' when at + 4 < json.Length
                && char.IsAsciiHexDigit((char)json[at + 1]) && char.IsAsciiHexDigit((char)json[at + 2])
                && char.IsAsciiHexDigit((char)json[at + 3]) && char.IsAsciiHexDigit((char)json[at + 4]):
                return at + 5;
            default:
                return -1;
        }
    }
}
