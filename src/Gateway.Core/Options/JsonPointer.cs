using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gateway.Core.Json;

namespace Gateway.Core.Options;

/// <summary>A path into a JSON document, RFC 6901: <c>/user/id</c>.</summary>
internal sealed class JsonPointer
{
    // As deep as a payload is looked into to tell that it is JSON.
    private const int MaxDepth = 1000;

    private readonly byte[][] _tokens;

    private JsonPointer(byte[][] tokens) => _tokens = tokens;

    /// <summary>False: no pointer. The empty one, which means the whole document, is one.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPointer? pointer)
    {
        pointer = null;
        // RFC 6901 §3: every token has a '/' in front of it.
        if (text.Length > 0 && text[0] != '/')
            return false;
        var parts = text.Length == 0 ? [] : text[1..].Split('/');
        var tokens = new byte[parts.Length][];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryUnescape(parts[i], out tokens[i]!))
                return false;
        }

        pointer = new JsonPointer(tokens);
        return true;
    }

    /// <summary>
    /// The text of the string, number, true or false that it points at; null: there is none. A number is its text as it stands: 1.0 is
    /// not 1.
    /// </summary>
    /// <param name="json">Known to be one JSON value, in UTF-8.</param>
    /// <param name="maxBytes">What is longer, in UTF-8, is none.</param>
    public string? ScalarIn(ReadOnlySpan<byte> json, int maxBytes)
    {
        var at = JsonScanner.SkipSpace(json, 0);
        foreach (var token in _tokens)
        {
            at = Step(json, at, token);
            if (at < 0)
                return null;
        }

        return Scalar(json[at..], maxBytes);
    }

    /// <summary>RFC 6901 §4: <c>~1</c> is <c>/</c>, and after that <c>~0</c> is <c>~</c>; any other is an error.</summary>
    private static bool TryUnescape(string part, [NotNullWhen(true)] out byte[]? token)
    {
        token = null;
        for (var i = part.IndexOf('~', StringComparison.Ordinal); i >= 0; i = part.IndexOf('~', i + 1))
        {
            if (i + 1 == part.Length || part[i + 1] is not ('0' or '1'))
                return false;
        }

        token = Encoding.UTF8.GetBytes(part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        return true;
    }

    /// <summary>RFC 6901 §4: a member of that name, or an item of that index; -1: there is none.</summary>
    private static int Step(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> token) => json[at] switch
    {
        (byte)'{' => Member(json, JsonScanner.SkipSpace(json, at + 1), token),
        (byte)'[' => Item(json, JsonScanner.SkipSpace(json, at + 1), token),
        _ => -1,
    };

    /// <summary>The first of that name: RFC 8259 §4 leaves open which of several counts.</summary>
    private static int Member(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> name)
    {
        while (JsonScanner.SkipString(json, at) is >= 0 and var end)
        {
            var value = JsonScanner.SkipPast(json, end, (byte)':');
            if (JsonString.Is(json[(at + 1)..(end - 1)], name))
                return value;
            at = Next(json, value);
        }

        return -1;
    }

    /// <summary>RFC 6901 §4: an index has no leading zeros, and <c>-</c> is behind the last item.</summary>
    private static int Item(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> token)
    {
        if (token.Length is 0 or > 9 || (token[0] == (byte)'0' && token.Length > 1))
            return -1;
        var index = 0;
        foreach (var digit in token)
        {
            if (!char.IsAsciiDigit((char)digit))
                return -1;
            index = (index * 10) + digit - '0';
        }

        while (at >= 0 && json[at] != (byte)']')
        {
            if (index-- == 0)
                return at;
            at = Next(json, at);
        }

        return -1;
    }

    /// <summary>What stands behind a value and a comma; -1: nothing does.</summary>
    private static int Next(ReadOnlySpan<byte> json, int at) => JsonScanner.SkipPast(json, JsonScanner.SkipValue(json, at, MaxDepth), (byte)',');

    private static string? Scalar(ReadOnlySpan<byte> json, int maxBytes)
    {
        var value = json[..JsonScanner.SkipValue(json, 0, MaxDepth)];
        return value[0] switch
        {
            (byte)'"' => TextOf(value[1..^1], maxBytes),
            (byte)'{' or (byte)'[' or (byte)'n' => null,
            _ => value.Length <= maxBytes ? Encoding.ASCII.GetString(value) : null,
        };
    }

    private static string? TextOf(ReadOnlySpan<byte> escaped, int maxBytes)
    {
        // An escape takes six bytes at most where its character takes one.
        if (escaped.IsEmpty || escaped.Length > 6 * maxBytes)
            return null;
        var text = new byte[escaped.Length];
        // An escaped half of a surrogate pair: no text.
        return JsonString.TryUnescape(escaped, text, out var length) && length <= maxBytes ? Encoding.UTF8.GetString(text, 0, length) : null;
    }
}
