using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Core.Channels;
using Gateway.Core.Publications;

namespace Gateway.Admin;

/// <summary>
/// A publish request: channels and one payload. Read with a bare reader rather than a serialiser, since <c>data</c> is relayed as the
/// exact bytes that came: white space, number formats and the order of keys are the publisher's.
/// </summary>
internal sealed class PublishRequest
{
    /// <summary>Most channels of one request.</summary>
    public const int MaxChannels = 100;

    // Deeper than any serialiser's default, so that what a backend can write can be published.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 512 };

    private static readonly ReadOnlyMemory<byte> Null = "null"u8.ToArray();

    private readonly HashSet<ChannelName> _channels = [];
    private readonly HashSet<string> _given = [];
    private bool _hasNullData;

    private PublishRequest()
    {
    }

    /// <summary>Where to publish; each channel once.</summary>
    public IReadOnlyCollection<ChannelName> Channels => _channels;

    /// <summary>What to publish; for <c>data</c>, a part of the body.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>It came as bytes, and stays that whatever they are.</summary>
    public bool IsBinary => _given.Contains("binary");

    /// <summary>What it is about; null: none is given.</summary>
    public string? Key { get; private set; }

    /// <exception cref="BadHttpRequestException">It is not a publish request; the message says why.</exception>
    public static PublishRequest Parse(ReadOnlyMemory<byte> body)
    {
        // The reader checks the structure of JSON but skips over strings: bytes that are no UTF-8 would reach the clients' text frames.
        if (!Utf8.IsValid(body.Span))
            throw Bad("The body is not UTF-8.");
        var request = new PublishRequest();
        try
        {
            request.Read(body);
        }
        catch (JsonException e)
        {
            throw Bad("The body is not JSON: " + e.Message);
        }

        request.CheckComplete();
        return request;
    }

    private void Read(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span, ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Bad("The body must be a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = ReadText(ref reader, "A field's name");
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                _hasNullData |= field == "data"; // a value where there is no other, see JsonAbsence
                continue;
            }

            if (!_given.Add(field))
                throw Bad($"The field '{field}' is given twice.");
            ReadField(field, ref reader, body);
        }

        reader.Read(); // throws when something follows the object
    }

    private void ReadField(string field, ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        switch (field)
        {
            case "channel":
                AddChannel(ref reader, "'channel'");
                break;
            case "channels":
                ReadChannels(ref reader);
                break;
            case "data":
                var start = checked((int)reader.TokenStartIndex);
                reader.Skip();
                Payload = body[start..checked((int)reader.BytesConsumed)];
                break;
            case "text":
                Expect(ref reader, JsonTokenType.String, "'text' must be a string.");
                Payload = Encoding.UTF8.GetBytes(ReadText(ref reader, "'text'"));
                break;
            case "binary":
                Expect(ref reader, JsonTokenType.String, "'binary' must be a string.");
                Payload = reader.TryGetBytesFromBase64(out var bytes) ? bytes : throw Bad("'binary' is not base64.");
                break;
            case "key":
                Expect(ref reader, JsonTokenType.String, "'key' must be a string.");
                Key = ReadText(ref reader, "'key'") is var key && PublicationKey.IsValid(key) ? key : throw Bad($"'key' must have 1 to {PublicationKey.MaxBytes} bytes.");
                break;
            default:
                throw Bad($"The field '{field}' is unknown. There are channel, channels, data, text, binary and key.");
        }
    }

    private void ReadChannels(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray, "'channels' must be an array of strings.");
        for (var count = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if (count == MaxChannels)
                throw Bad($"'channels' holds more than {MaxChannels}.");
            AddChannel(ref reader, $"'channels[{count}]'");
        }

        if (_channels.Count == 0)
            throw Bad("'channels' is empty.");
    }

    private void AddChannel(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.String, what + " must be a string.");
        _channels.Add(ChannelName.TryParse(ReadText(ref reader, what), out var channel)
            ? channel
            : throw Bad($"{what} is not a channel name: 1 to {ChannelName.MaxBytes} bytes of UTF-8 without control characters, spaces and commas."));
    }

    private void CheckComplete()
    {
        switch (_given.Contains("channel"), _given.Contains("channels"))
        {
            case (false, false):
                throw Bad("Give 'channel' or 'channels'.");
            case (true, true):
                throw Bad("Give 'channel' or 'channels', not both.");
        }

        var payloads = _given.Count(field => field is "data" or "text" or "binary");
        if (payloads == 0 && _hasNullData)
            (payloads, Payload) = (1, Null);
        if (payloads != 1)
            throw Bad($"Give exactly one of 'data', 'text' and 'binary'; {(payloads == 0 ? "there is none" : "there are " + payloads)}.");
    }

    private static string ReadText(ref Utf8JsonReader reader, string what)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Bad(what + " has an escaped surrogate without its other half."); // no UTF-8 can say that
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string otherwise)
    {
        if (reader.TokenType != type)
            throw Bad(otherwise);
    }

    private static BadHttpRequestException Bad(string reason) => new(reason, StatusCodes.Status400BadRequest);
}
