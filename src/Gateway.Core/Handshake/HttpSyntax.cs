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

    /// <summary>Whether a list holds a token, whose case does not matter.</summary>
    public static bool ListHolds(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        while (TryTakeElement(ref list, out var element))
        {
            if (Ascii.EqualsIgnoreCase(element, token))
                return true;
        }

        return false;
    }

    private static IEnumerable<byte> Range(int first, int last) => Enumerable.Range(first, last - first + 1).Select(b => (byte)b);
}
