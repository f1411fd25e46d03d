using System.Buffers;
using System.Text;

namespace Gateway.Core.Handshake;

/// <summary>The characters and lists of RFC 9110 §5.6.</summary>
internal static class HttpSyntax
{
    // §5.6.2: tchar.
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // RFC 9112 §3.2: what stands in a target is visible ASCII; '#' would begin a fragment, which is never sent (RFC 9110 §4.2.5).
    private static readonly SearchValues<byte> TargetBytes = SearchValues.Create([.. Range(0x21, 0x7E).Where(b => b != '#')]);

    // RFC 9110 §5.5: visible ASCII, obs-text, space and tab.
    private static readonly SearchValues<byte> ValueBytes = SearchValues.Create([(byte)'\t', .. Range(0x20, 0x7E), .. Range(0x80, 0xFF)]);

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenBytes);

    /// <summary>How many bytes at the front make a token; 0: none begins here.</summary>
    public static int TokenLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept(TokenBytes);
        return end < 0 ? text.Length : end;
    }

    public static bool IsTarget(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TargetBytes);

    public static bool IsFieldValue(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(ValueBytes);

    /// <summary>Takes off optional white space, §5.6.3.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    /// <summary>Takes the next element off a comma-separated list, §5.6.1; empty elements are passed over, as a recipient must.</summary>
    public static bool TryTakeElement(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> element)
    {
        list = list.TrimStart(", \t"u8);
        var comma = list.IndexOf((byte)',');
        element = Trim(comma < 0 ? list : list[..comma]);
        list = comma < 0 ? default : list[(comma + 1)..];
        return !element.IsEmpty;
    }

    /// <summary>
    /// Whether a list holds a token, whose case does not matter. It is looked for by its first letter: to take off element by element costs 30 ns each,
    /// and a header line may have four thousand.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="token">Begins with a letter.</param>
    public static bool ListHolds(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        const byte CaseBit = 0x20;
        for (var at = 0; at + token.Length <= list.Length; at++)
        {
            var next = list[at..].IndexOfAny((byte)(token[0] | CaseBit), (byte)(token[0] & ~CaseBit));
            if (next < 0)
                return false;
            at += next;
            if (at + token.Length <= list.Length && Ascii.EqualsIgnoreCase(list.Slice(at, token.Length), token) && IsElement(list[..at], list[(at + token.Length)..]))
                return true;
        }

        return false;
    }

    private static bool IsElement(ReadOnlySpan<byte> before, ReadOnlySpan<byte> behind)
    {
        before = before.TrimEnd(" \t"u8);
        behind = behind.TrimStart(" \t"u8);
        return (before.IsEmpty || before[^1] == (byte)',') && (behind.IsEmpty || behind[0] == (byte)',');
    }

    private static IEnumerable<byte> Range(int first, int last) => Enumerable.Range(first, last - first + 1).Select(b => (byte)b);
}
