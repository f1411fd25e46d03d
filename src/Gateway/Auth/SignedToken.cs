using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Gateway.Core.Json;

namespace Gateway.Auth;

/// <summary>
/// A JSON Web Signature in its compact form (RFC 7515 §7.1), taken apart as far as its signature needs. Anybody can send one that is made up,
/// again and again: it is read without an exception, which costs as much as fifty signatures of a shared secret, and of its payload nothing is
/// read before somebody has signed it.
/// </summary>
internal sealed class SignedToken
{
    // A header has two members or three; RFC 7515 names eleven, some of which are objects.
    private const int MaxHeaderDepth = 16;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(".-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly int _payload, _signature; // where they begin in the text

    private SignedToken(string text, int payload, int signature, byte[] signatureBytes)
    {
        (_payload, _signature) = (payload, signature);
        Text = text;
        Payload = text[payload..(signature - 1)];
        Signed = Encoding.ASCII.GetBytes(text, 0, signature - 1);
        Signature = signatureBytes;
    }

    /// <summary>As it came.</summary>
    public string Text { get; }

    /// <summary>In base64url.</summary>
    public string Payload { get; }

    /// <summary>What the signature is of: header and payload, as they stand (§5.2).</summary>
    public byte[] Signed { get; }

    public byte[] Signature { get; }

    /// <summary>Header <c>alg</c>; null: none that is a text without escapes, which no algorithm's name needs.</summary>
    public string? Algorithm { get; private set; }

    /// <summary>Header <c>kid</c>; null: none, an empty one, or no text.</summary>
    public string? KeyId { get; private set; }

    /// <summary>§4.1.11: whoever does not understand one must refuse the token.</summary>
    public bool HasCriticalHeaders { get; private set; }

    /// <summary>Null: it is none.</summary>
    public static SignedToken? TryParse(string text, int maxBytes)
    {
        // Two dots: five parts are an encrypted one (RFC 7516).
        if (text.Length > maxBytes || text.AsSpan().ContainsAnyExcept(TokenCharacters) || text.AsSpan().Count('.') != 2)
            return null;
        var payload = text.IndexOf('.', StringComparison.Ordinal) + 1;
        var signature = text.LastIndexOf('.') + 1;
        if (Decode(text.AsSpan(0, payload - 1)) is not { Length: > 0 } header || Decode(text.AsSpan(signature)) is not { } signatureBytes)
            return null;
        var token = new SignedToken(text, payload, signature, signatureBytes);
        return token.TryReadHeader(header) ? token : null;
    }

    /// <summary>Its text with another payload; the signature is not of that.</summary>
    public string With(ReadOnlySpan<byte> payload) =>
        string.Concat(Text.AsSpan(0, _payload), Base64Url.EncodeToString(payload), Text.AsSpan(_signature - 1));

    private bool TryReadHeader(ReadOnlySpan<byte> header)
    {
        if (!Utf8.IsValid(header) || !JsonScanner.IsValue(header, MaxHeaderDepth) || header.TrimStart(" \t\r\n"u8)[0] != (byte)'{')
            return false;
        // §4: of one that stands there twice the last counts.
        for (var members = new JsonMembers(header); members.MoveNext();)
        {
            if (JsonAbsence.IsNull(members.Value))
                continue;
            if (JsonString.Is(members.Name, "alg"u8))
                Algorithm = TextOf(members.Value) is { } name && !name.Contains('\\', StringComparison.Ordinal) ? name : null;
            else if (JsonString.Is(members.Name, "kid"u8))
                KeyId = TextOf(members.Value) is { Length: > 0 } id ? id : null;
            else if (JsonString.Is(members.Name, "crit"u8))
                HasCriticalHeaders = true;
        }

        return true;
    }

    private static string? TextOf(ReadOnlySpan<byte> value)
    {
        if (value[0] != (byte)'"')
            return null;
        var text = new byte[value.Length];
        return JsonString.TryUnescape(value[1..^1], text, out var length) ? Encoding.UTF8.GetString(text, 0, length) : null;
    }

    private static byte[]? Decode(ReadOnlySpan<char> part)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        return Base64Url.DecodeFromChars(part, bytes, out _, out var written) == OperationStatus.Done ? bytes[..written] : null;
    }
}
