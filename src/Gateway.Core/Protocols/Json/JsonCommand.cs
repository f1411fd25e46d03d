using System.Buffers;
using System.Buffers.Text;
using Gateway.Core.Json;

namespace Gateway.Core.Protocols.Json;

internal enum JsonCommandType
{
    Unknown,
    Subscribe,
    Unsubscribe,
    Publish,
    Ping,
    Refresh,
}

/// <summary>
/// A client's command, read in one pass over the message. Fields that are not known are ignored, so that newer clients work, but they are
/// few and small: what a message costs is bounded by what is in it that matters.
/// </summary>
internal ref struct JsonCommand
{
    /// <summary>Most fields of a command: there are eight, and a newer client's may be some more.</summary>
    public const int MaxFields = 64;

    /// <summary>All of a message but its data: twice what the longest token takes, with a channel and a key in escapes beside it.</summary>
    public const int MaxBytesBesideData = 16 * 1024;

    /// <summary>Longest id, in bytes as it stands in the JSON: it is echoed, and a client has no use for more.</summary>
    private const int MaxIdBytes = 128;

    // With the object that is the message 256, deeper than what serialisers write.
    private const int MaxDepth = 255;

    // The longest name and type, each byte an escape.
    private const int MaxWordBytes = 6 * 11;

    public JsonCommandType Type { get; private set; }

    /// <summary>As it stands in the JSON, a number or a string with its quotes; empty: none.</summary>
    public ReadOnlySpan<byte> Id { get; private set; }

    /// <summary>Unescaped; empty: none.</summary>
    public ReadOnlySpan<byte> Channel { get; private set; }

    /// <summary>Of a publication, unescaped; empty: none, or one that is empty; see <see cref="HasKey"/>.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    public bool HasKey { get; private set; }

    /// <summary>As it stands in the JSON; empty: none.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>A null beside <c>binary</c> is as good as none; alone it is a value.</summary>
    public readonly bool HasData => !Data.IsEmpty && !(HasBinary && JsonAbsence.IsNull(Data));

    /// <summary>Of a publication of bytes, in place of <see cref="Data"/>: their base64, without its quotes, escapes and all.</summary>
    public ReadOnlySpan<byte> Binary { get; private set; }

    /// <summary>A text stands there, which may be empty.</summary>
    public bool HasBinary { get; private set; }

    /// <summary>Of a subscribe or a refresh: the token, without its quotes; empty: none. Escapes stay: no token has any.</summary>
    public ReadOnlySpan<byte> Token { get; private set; }

    /// <summary>A text stands there, which may be empty.</summary>
    public bool HasToken { get; private set; }

    // Only publications carry data of any size; a newer client's command may, and is answered that it is not known.
    private readonly bool MayBeLarge => Type is JsonCommandType.Publish or JsonCommandType.Unknown;

    /// <summary>False: not a JSON object, no type, a field of the wrong kind, more than <see cref="MaxFields"/>, or too much beside the data.</summary>
    /// <param name="message">Valid UTF-8.</param>
    /// <param name="command">The command.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out JsonCommand command)
    {
        var parsed = default(JsonCommand);
        var isValid = parsed.TryRead(message);
        command = parsed;
        return isValid;
    }

    /// <summary>Whether a message that begins so has more than <see cref="MaxFields"/>, whatever follows.</summary>
    public static bool HasTooManyFields(ReadOnlySpan<byte> beginning)
    {
        var at = JsonScanner.SkipPast(beginning, ByteOrderMark.LengthAt(beginning), (byte)'{');
        for (var fields = 0; at >= 0; fields++)
        {
            var end = JsonScanner.SkipString(beginning, at);
            if (end >= 0 && fields == MaxFields)
                return true;
            var value = end < 0 ? -1 : JsonScanner.SkipPast(beginning, end, (byte)':');
            at = value < 0 ? -1 : JsonScanner.SkipValue(beginning, value, MaxDepth);
            at = at < 0 ? -1 : JsonScanner.SkipPast(beginning, at, (byte)',');
        }

        return false;
    }

    /// <summary>The bytes of <see cref="Binary"/>; null: it is no base64.</summary>
    public readonly byte[]? DecodeBinary()
    {
        // Serialisers there are that write each solidus of base64 as an escape.
        var text = Binary;
        if (text.Contains((byte)'\\'))
        {
            var unescaped = new byte[text.Length];
            if (!JsonString.TryUnescape(text, unescaped, out var length))
                return null;
            text = unescaped.AsSpan(0, length);
        }

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, bytes, out _, out var written) != OperationStatus.Done)
            return null;
        return written == bytes.Length ? bytes : bytes[..written];
    }

    private bool TryRead(ReadOnlySpan<byte> message)
    {
        var at = JsonScanner.SkipPast(message, ByteOrderMark.LengthAt(message), (byte)'{');
        var hasType = false;
        ReadOnlySpan<byte> channel = default, key = default;
        // What is read of it: no further than it may go on behind its data, so that the rest costs nothing.
        var read = message[..Math.Min(message.Length, MaxBytesBesideData)];
        for (var fields = 1; at >= 0 && fields <= MaxFields; fields++)
        {
            var end = JsonScanner.SkipString(read, at);
            var value = end < 0 ? -1 : JsonScanner.SkipPast(read, end, (byte)':');
            if (value < 0 || !TryFind(read[(at + 1)..(end - 1)], out var field))
                return false;
            var isPayload = field is Field.Data or Field.Binary;
            at = JsonScanner.SkipValue(isPayload && MayBeLarge ? message : read, value, MaxDepth);
            if (at < 0)
                return false;
            // Of the data null is a value.
            var isGiven = field == Field.Data || !JsonAbsence.IsNull(message[value..at]);
            if (isGiven && !TryTake(field, message[value..at], ref channel, ref key))
                return false;
            hasType |= isGiven && field == Field.Type;
            if (isPayload)
                read = message[..Math.Min(message.Length, read.Length + at - value)];
            if (JsonScanner.SkipPast(read, at, (byte)'}') is >= 0 and var behind)
            {
                // Nothing may stand behind the object.
                if (behind < message.Length || !hasType || (!MayBeLarge && message.Length > MaxBytesBesideData))
                    return false;
                Channel = channel.IsEmpty ? default : Unescaped(channel);
                HasKey = !key.IsEmpty;
                Key = HasKey ? Unescaped(key) : default;
                return true;
            }

            at = JsonScanner.SkipPast(read, at, (byte)',');
        }

        return false;
    }

    /// <summary>False: the value is of the wrong kind.</summary>
    private bool TryTake(Field field, ReadOnlySpan<byte> value, ref ReadOnlySpan<byte> channel, ref ReadOnlySpan<byte> key)
    {
        var isText = value[0] == (byte)'"';
        switch (field)
        {
            case Field.Type:
                return isText && TryReadType(value[1..^1]);
            case Field.Id:
                Id = value;
                return (isText || value[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9')) && value.Length <= MaxIdBytes;
            case Field.Channel:
                channel = value;
                return isText;
            case Field.Key:
                key = value;
                return isText;
            case Field.Token:
                HasToken = isText;
                Token = isText ? value[1..^1] : default;
                return isText;
            case Field.Data:
                Data = value;
                return true;
            case Field.Binary:
                HasBinary = isText;
                Binary = isText ? value[1..^1] : default;
                return isText;
            default:
                return true;
        }
    }

    private bool TryReadType(ReadOnlySpan<byte> escaped)
    {
        Span<byte> scratch = stackalloc byte[MaxWordBytes];
        if (!TryReadWord(escaped, scratch, out var type))
            return false;
        Type = type switch
        {
            _ when type.SequenceEqual("subscribe"u8) => JsonCommandType.Subscribe,
            _ when type.SequenceEqual("unsubscribe"u8) => JsonCommandType.Unsubscribe,
            _ when type.SequenceEqual("publish"u8) => JsonCommandType.Publish,
            _ when type.SequenceEqual("ping"u8) => JsonCommandType.Ping,
            _ when type.SequenceEqual("refresh"u8) => JsonCommandType.Refresh,
            _ => JsonCommandType.Unknown,
        };
        return true;
    }

    /// <summary>False: the name is no text.</summary>
    private static bool TryFind(ReadOnlySpan<byte> escaped, out Field field)
    {
        Span<byte> scratch = stackalloc byte[MaxWordBytes];
        var isText = TryReadWord(escaped, scratch, out var name);
        field = name switch
        {
            _ when name.SequenceEqual("type"u8) => Field.Type,
            _ when name.SequenceEqual("id"u8) => Field.Id,
            _ when name.SequenceEqual("channel"u8) => Field.Channel,
            _ when name.SequenceEqual("data"u8) => Field.Data,
            _ when name.SequenceEqual("binary"u8) => Field.Binary,
            _ when name.SequenceEqual("key"u8) => Field.Key,
            _ when name.SequenceEqual("token"u8) => Field.Token,
            _ => Field.Unknown,
        };
        return isText;
    }

    /// <summary>A word, unescaped where it has escapes; one that is too long to be known stays as it is.</summary>
    private static bool TryReadWord(ReadOnlySpan<byte> escaped, Span<byte> scratch, out ReadOnlySpan<byte> word)
    {
        word = escaped;
        if (escaped.Length > MaxWordBytes || !escaped.Contains((byte)'\\'))
            return true;
        var isText = JsonString.TryUnescape(escaped, scratch, out var written);
        word = scratch[..written];
        return isText;
    }

    private static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> quoted)
    {
        var escaped = quoted[1..^1];
        if (!escaped.Contains((byte)'\\'))
            return escaped;
        var text = new byte[escaped.Length];
        // An escaped lone surrogate: no name of a channel, and no key.
        return JsonString.TryUnescape(escaped, text, out var written) ? text.AsSpan(0, written) : [];
    }

    private enum Field
    {
        Unknown,
        Type,
        Id,
        Channel,
        Data,
        Binary,
        Key,
        Token,
    }
}
