using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Gateway.Core.Options;

/// <summary>A path into a JSON document, RFC 6901: <c>/user/id</c>.</summary>
internal sealed class JsonPointer
{
    // As deep as a payload is looked into to tell that it is JSON.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 1000 };

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
        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        foreach (var token in _tokens)
        {
            if (!TryStep(ref reader, token))
                return null;
        }

        return Scalar(ref reader, maxBytes);
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

    /// <summary>RFC 6901 §4: a member of that name, or an item of that index.</summary>
    private static bool TryStep(ref Utf8JsonReader reader, ReadOnlySpan<byte> token) => reader.TokenType switch
    {
        JsonTokenType.StartObject => TryMember(ref reader, token),
        JsonTokenType.StartArray => TryItem(ref reader, token),
        _ => false,
    };

    /// <summary>The first of that name: RFC 8259 §4 leaves open which of several counts.</summary>
    private static bool TryMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = IsText(ref reader, name);
            reader.Read();
            if (isIt)
                return true;
            reader.Skip();
        }

        return false;
    }

    /// <summary>RFC 6901 §4: an index has no leading zeros, and <c>-</c> is behind the last item.</summary>
    private static bool TryItem(ref Utf8JsonReader reader, ReadOnlySpan<byte> token)
    {
        if (token.Length is 0 or > 9 || (token[0] == (byte)'0' && token.Length > 1))
            return false;
        var index = 0;
        foreach (var digit in token)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            index = (index * 10) + digit - '0';
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (index-- == 0)
                return true;
            reader.Skip();
        }

        return false;
    }

    private static string? Scalar(ref Utf8JsonReader reader, int maxBytes) => reader.TokenType switch
    {
        JsonTokenType.String => TextOf(ref reader, maxBytes),
        JsonTokenType.Number when reader.ValueSpan.Length <= maxBytes => Encoding.ASCII.GetString(reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };

    private static string? TextOf(ref Utf8JsonReader reader, int maxBytes)
    {
        // An escape takes six bytes at most where its character takes one.
        if (reader.ValueSpan.Length > 6 * maxBytes)
            return null;
        try
        {
            var text = reader.GetString();
            return string.IsNullOrEmpty(text) || Encoding.UTF8.GetByteCount(text) > maxBytes ? null : text;
        }
        catch (InvalidOperationException)
        {
            return null; // an escaped half of a surrogate pair: no text
        }
    }

    private static bool IsText(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        try
        {
            return reader.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false; // the same
        }
    }
}
