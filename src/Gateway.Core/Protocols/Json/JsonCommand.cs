using System.Text.Json;

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

/// <summary>A client's command, read in one pass over the message. Fields that are not known are ignored, so that newer clients work.</summary>
internal ref struct JsonCommand
{
    /// <summary>Longest id, in bytes as it stands in the JSON: it is echoed, and a client has no use for more.</summary>
    private const int MaxIdBytes = 128;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 256 };

    public JsonCommandType Type { get; private set; }

    /// <summary>As it stands in the JSON, a number or a string with its quotes; empty: none.</summary>
    public ReadOnlySpan<byte> Id { get; private set; }

    /// <summary>Unescaped; empty: none.</summary>
    public ReadOnlySpan<byte> Channel { get; private set; }

    /// <summary>Of a publication, unescaped; empty: none, or one that is empty; see <see cref="HasKey"/>.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    public bool HasKey { get; private set; }

    /// <summary>As it stands in the JSON.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    public readonly bool HasData => !Data.IsEmpty;

    /// <summary>Of a subscribe or a refresh: the token, without its quotes; empty: none. Escapes stay: no token has any.</summary>
    public ReadOnlySpan<byte> Token { get; private set; }

    /// <summary>A text stands there, which may be empty.</summary>
    public bool HasToken { get; private set; }

    /// <summary>False: not a JSON object, no type, or a field of the wrong kind.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out JsonCommand command)
    {
        var parsed = default(JsonCommand);
        var isValid = parsed.TryRead(message);
        command = parsed;
        return isValid;
    }

    private bool TryRead(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message, ReaderOptions);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            var hasType = false;
            ReadOnlySpan<byte> channel = default, key = default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!TryReadField(ref reader, message, ref hasType, ref channel, ref key))
                    return false;
            }

            // What follows the object throws here.
            if (reader.Read() || !hasType)
                return false;
            Channel = channel.IsEmpty ? default : Unescaped(channel);
            HasKey = !key.IsEmpty;
            Key = HasKey ? Unescaped(key) : default;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader throws the second for an escaped lone surrogate in a name or a type that it has to unescape to compare.
            return false;
        }
    }

    private bool TryReadField(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> message, scoped ref bool hasType, scoped ref ReadOnlySpan<byte> channel, scoped ref ReadOnlySpan<byte> key)
    {
        if (reader.ValueTextEquals("type"u8))
        {
            reader.Read();
            hasType = reader.TokenType == JsonTokenType.String;
            Type = hasType ? TypeOf(ref reader) : JsonCommandType.Unknown;
            return hasType;
        }

        if (reader.ValueTextEquals("id"u8))
        {
            reader.Read();
            Id = Raw(ref reader, message);
            return reader.TokenType is JsonTokenType.Number or JsonTokenType.String && Id.Length <= MaxIdBytes;
        }

        if (reader.ValueTextEquals("channel"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                return false;
            channel = Raw(ref reader, message);
            return true;
        }

        if (reader.ValueTextEquals("token"u8))
        {
            reader.Read();
            // A null is as good as none: a client's code may have nothing to put there.
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                return false;
            HasToken = reader.TokenType == JsonTokenType.String;
            Token = HasToken ? Raw(ref reader, message)[1..^1] : default;
            return true;
        }

        if (reader.ValueTextEquals("key"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                return false;
            key = Raw(ref reader, message);
            return true;
        }

        var isData = reader.ValueTextEquals("data"u8);
        reader.Read();
        var value = Raw(ref reader, message);
        if (isData)
            Data = value;
        return true;
    }

    private static JsonCommandType TypeOf(scoped ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("subscribe"u8) ? JsonCommandType.Subscribe
        : reader.ValueTextEquals("unsubscribe"u8) ? JsonCommandType.Unsubscribe
        : reader.ValueTextEquals("publish"u8) ? JsonCommandType.Publish
        : reader.ValueTextEquals("ping"u8) ? JsonCommandType.Ping
        : reader.ValueTextEquals("refresh"u8) ? JsonCommandType.Refresh
        : JsonCommandType.Unknown;

    private static ReadOnlySpan<byte> Raw(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> message)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return message[start..(int)reader.BytesConsumed];
    }

    /// <summary>
    /// Of the last channel and key only: an escaped lone surrogate costs an exception of some 10 µs, and a message may name a hundred thousand
    /// channels.
    /// </summary>
    private static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> quoted)
    {
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        if (!reader.ValueIsEscaped)
            return quoted[1..^1];
        var unescaped = new byte[quoted.Length];
        try
        {
            return unescaped.AsSpan(0, reader.CopyString(unescaped));
        }
        catch (InvalidOperationException)
        {
            return []; // no name of a channel, and no key
        }
    }
}
