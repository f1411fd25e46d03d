using System.Text;
using System.Text.Json;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Protocols.Json;

namespace Gateway.Fuzz.Targets;

/// <summary>A message of gateway.v1, compared with what the library's document model makes of it, and what is answered to it.</summary>
internal sealed class JsonCommandTarget : IFuzzTarget
{
    private const int MaxIdBytes = 128;

    private static readonly string[] Types = ["\"subscribe\"", "\"unsubscribe\"", "\"publish\"", "\"ping\"", "\"welcome\"", "\"p\\u0069ng\"", "1", "null", "\"\\ud800\""];
    private static readonly string[] Ids = ["1", "-1.5e300", "\"a\"", "\"\\\"\\\\\"", "\"\u65E5\"", "\"\\ud800\"", "true", "[]", "null", "\"" + new string('x', 126) + "\"", "\"" + new string('x', 127) + "\""];
    private static readonly string[] Channels = ["\"news\"", "\"\\u0061\"", "\"\\ud83d\\ude00\"", "\"\U0001F600\"", "\"\"", "\"a,b\"", "\"a b\"", "\"\\ud800\"", "1", "null", "\"" + new string('y', 256) + "\""];
    private static readonly string[] Data = ["1", "\"text\"", "{\"a\":[1,2,{}]}", "[]", "null", "\"\\ud800\"", "{\"type\":\"ping\"}", "-0", "1e999", "\"\\u0000\"", "{\"a\":1,\"a\":2}"];
    private static readonly string[] Names = ["id", "channel", "channel", "data", "binary", "recover", "type", "t\\u0079pe", "\\ud800"];

    public string Name => "json-command";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. new[] { Types, Ids, Channels, Data, ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "//", "/**/", "\n", "\u2028", "\"type\":", "\uFEFF", "NaN", "1e", new string('[', 200)] }
            .SelectMany(words => words).Select(Encoding.UTF8.GetBytes),
    ];

    public byte[] Generate(Random random)
    {
        var fields = new List<string> { $"\"type\":{random.Mostly(4, Types)}" };
        for (var more = random.Next(5); more > 0; more--)
        {
            var name = random.Mostly(5, Names);
            var word = name switch
            {
                "type" => random.Mostly(4, Types),
                "id" => random.Mostly(4, Ids),
                "channel" => random.Mostly(4, Channels),
                _ => random.Mostly(8, Data),
            };
            fields.Insert(random.Next(fields.Count + 1), $"\"{name}\":{word}");
        }

        return Encoding.UTF8.GetBytes("{" + string.Join(random.Next(3) == 0 ? " , " : ",", fields) + "}");
    }

    public string Check(ReadOnlySpan<byte> input, Random random)
    {
        // The frame reader lets nothing through that is not UTF-8.
        ReadOnlySpan<byte> message = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(input));
        var isCommand = JsonCommand.TryParse(message, out var command);
        using var document = Parse(message);
        if (!IsUnicode(document?.RootElement))
            return "lone surrogate"; // the library's two readers notice it in different places
        Property.Equal(IsCommand(document?.RootElement), isCommand, "A command in the eyes of the document model");
        if (!isCommand)
            return "no command";

        Compare(command, document!.RootElement);
        ExpectJson(JsonMessages.Error(command.Id, JsonError.Forbidden, "no"));
        ExpectJson(JsonMessages.Pong(command.Id));
        if (!ChannelName.TryParse(command.Channel, out var channel))
            return $"{command.Type}, no channel";
        ExpectJson(JsonMessages.Ok(command.Id, channel));
        if (command.HasBinary)
            Property.Equal(Bytes(Last(document.RootElement, "binary")), command.DecodeBinary() is { } bytes ? Convert.ToHexString(bytes) : "none", "Bytes");
        if (command.HasData)
            ExpectJson(new JsonEncoder().Encode(new Publication(channel, command.Data.ToArray(), 0)));
        return $"{command.Type}{(command.HasData ? " with data" : "")}";
    }

    private static void Compare(JsonCommand command, JsonElement root)
    {
        Property.Equal(Raw(root, "id"), Encoding.UTF8.GetString(command.Id), "Id");
        Property.Equal(Raw(root, "data"), Encoding.UTF8.GetString(command.Data), "Data");
        Property.Equal(Raw(root, "binary") is { Length: > 1 } quoted ? quoted[1..^1] : "", Encoding.UTF8.GetString(command.Binary), "Binary");
        Property.Equal(Text(root, "channel"), Encoding.UTF8.GetString(command.Channel), "Channel");
        var type = Text(root, "type") switch
        {
            "subscribe" => JsonCommandType.Subscribe,
            "unsubscribe" => JsonCommandType.Unsubscribe,
            "publish" => JsonCommandType.Publish,
            "ping" => JsonCommandType.Ping,
            _ => JsonCommandType.Unknown,
        };
        Property.Equal(type, command.Type, "Type");
    }

    /// <summary>Every occurrence of a field must be of its kind, or null, which is none; the last one counts.</summary>
    private static bool IsCommand(JsonElement? root)
    {
        if (root is not { ValueKind: JsonValueKind.Object } command)
            return false;
        var hasType = false;
        foreach (var field in command.EnumerateObject())
        {
            var kind = field.Value.ValueKind;
            if (kind == JsonValueKind.Null)
                continue;
            if (field.NameEquals("type"))
                hasType = true;
            var isRight = field.NameEquals("type") || field.NameEquals("channel") || field.NameEquals("binary") ? kind == JsonValueKind.String
                : !field.NameEquals("id") || (kind is JsonValueKind.Number or JsonValueKind.String && Encoding.UTF8.GetByteCount(field.Value.GetRawText()) <= MaxIdBytes);
            if (!isRight)
                return false;
        }

        return hasType && command.EnumerateObject().Count() <= JsonCommand.MaxFields;
    }

    private static bool IsUnicode(JsonElement? root)
    {
        try
        {
            if (root is { ValueKind: JsonValueKind.Object } fields)
            {
                foreach (var field in fields.EnumerateObject())
                {
                    if (field.Name is "type" && field.Value.ValueKind == JsonValueKind.String)
                        _ = field.Value.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string Raw(JsonElement root, string name) =>
        Last(root, name) is { ValueKind: not JsonValueKind.Undefined } value ? value.GetRawText() : "";

    private static JsonElement Last(JsonElement root, string name) => root.EnumerateObject().LastOrDefault(field => field.NameEquals(name) && IsGiven(field)).Value;

    private static bool IsGiven(JsonProperty field) => field.Value.ValueKind != JsonValueKind.Null || field.NameEquals("data");

    private static string Bytes(JsonElement text)
    {
        try
        {
            return text.TryGetBytesFromBase64(out var bytes) ? Convert.ToHexString(bytes) : "none";
        }
        catch (InvalidOperationException)
        {
            return "none"; // half of a surrogate pair
        }
    }

    private static string Text(JsonElement root, string name)
    {
        try
        {
            return Last(root, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            return ""; // an escaped lone surrogate
        }
    }

    private static JsonDocument? Parse(ReadOnlySpan<byte> message)
    {
        try
        {
            var text = Encoding.UTF8.GetString(message);
            return JsonDocument.Parse(text.StartsWith('\uFEFF') ? text[1..] : text, new JsonDocumentOptions { MaxDepth = 256 });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a client gets must be one text message of JSON, whatever another client sent.</summary>
    private static void ExpectJson(OutboundFrame frame)
    {
        Property.Holds(FrameHeader.TryDecode(frame.Bytes, out var header, out var size), "A whole frame.");
        Property.Equal(frame.Length, size + (int)header.PayloadLength, "The frame's size");
        JsonDocument.Parse(frame.Memory.Slice(size, (int)header.PayloadLength), new JsonDocumentOptions { MaxDepth = 257 }).Dispose();
    }
}
