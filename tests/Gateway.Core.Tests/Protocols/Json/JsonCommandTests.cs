using System.Text;
using Gateway.Core.Protocols.Json;

namespace Gateway.Core.Tests.Protocols.Json;

public sealed class JsonCommandTests
{
    [Theory]
    [InlineData("""{"type":"subscribe"}""", JsonCommandType.Subscribe)]
    [InlineData("""{"type":"unsubscribe"}""", JsonCommandType.Unsubscribe)]
    [InlineData("""{"type":"publish"}""", JsonCommandType.Publish)]
    [InlineData("""{"type":"ping"}""", JsonCommandType.Ping)]
    [InlineData("""{"type":"p\u0069ng"}""", JsonCommandType.Ping)]
    [InlineData("\uFEFF{\"type\":\"ping\"}", JsonCommandType.Ping)]
    [InlineData("""{"t\u0079pe":"ping"}""", JsonCommandType.Ping)]
    [InlineData(""" { "type" : "ping" } """, JsonCommandType.Ping)]
    [InlineData("""{"type":"Ping"}""", JsonCommandType.Unknown)]
    [InlineData("""{"type":""}""", JsonCommandType.Unknown)]
    [InlineData("""{"type":"recover"}""", JsonCommandType.Unknown)]
    public void TryParse_Type_IsRead(string json, object expected)
    {
        var command = Parsed(json);
        Assert.Equal((JsonCommandType)expected, command.Type);
        Assert.Equal(("", "", ""), (command.Id, command.Channel, command.Data));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-0")]
    [InlineData("1.5e300")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("\"\"")]
    [InlineData("\"abc\"")]
    [InlineData("""
        "a\"b\u0041\\"
        """)]
    [InlineData("\"größe\"")]
    public void TryParse_Id_IsKeptAsItStands(string id) => Assert.Equal(id, Parsed($$"""{"type":"ping","id": {{id}} }""").Id);

    [Fact]
    public void TryParse_IdOf128Bytes_IsTheLongest()
    {
        Assert.Equal(128, Parsed($$"""{"type":"ping","id":"{{new string('a', 126)}}"}""").Id.Length);
        Assert.Null(TryParsed($$"""{"type":"ping","id":"{{new string('a', 127)}}"}"""));
        Assert.Equal(128, Parsed($$"""{"type":"ping","id":{{new string('9', 128)}}}""").Id.Length);
        Assert.Null(TryParsed($$"""{"type":"ping","id":{{new string('9', 129)}}}"""));
        Assert.Null(TryParsed($$"""{"type":"ping","id":"{{new string('a', 1_000_000)}}"}"""));
    }

    [Theory]
    [InlineData("news", "news")]
    [InlineData("gr\u00F6\u00DFe", "gr\u00F6\u00DFe")]
    [InlineData("\\u006eews", "news")]
    [InlineData("\\ud83d\\ude00", "\U0001F600")]
    [InlineData("a\\\\b\\\"c\\/d", "a\\b\"c/d")]
    [InlineData("a\\nb", "a\nb")] // unescaped here, refused as a name later
    [InlineData("", "")]
    [InlineData("\\ud800", "")] // a lone surrogate is no text, so no channel
    [InlineData("\\udc00\\ud800", "")]
    public void TryParse_Channel_IsUnescaped(string channel, string expected) =>
        Assert.Equal(expected, Parsed($$"""{"type":"subscribe","channel":"{{channel}}"}""").Channel);

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"te\\u0078t\"")]
    [InlineData("{\"a\" : [1,  2]}")]
    [InlineData("[]")]
    [InlineData("[ [ ] , { } ]")]
    [InlineData("1e5")]
    public void TryParse_Data_IsKeptAsItStands(string data)
    {
        var command = Parsed($$"""{"type":"publish","data" : {{data}} ,"channel":"a"}""");
        Assert.Equal((data, "a"), (command.Data, command.Channel));
    }

    [Theory]
    [InlineData("""{"type":"ping","x":1}""")]
    [InlineData("""{"x":{"type":"subscribe","id":7},"type":"ping"}""")]
    [InlineData("""{"x":[{"type":"subscribe"},[]],"type":"ping","y":null,"z":true,"":"","types":"subscribe"}""")]
    [InlineData("""{"recover":{"offset":1},"token":"t","type":"ping"}""")]
    [InlineData("""{"type ":"subscribe","Type":"subscribe","type":"ping"}""")]
    public void TryParse_UnknownFields_AreIgnored(string json)
    {
        var command = Parsed(json);
        Assert.Equal((JsonCommandType.Ping, ""), (command.Type, command.Id));
    }

    [Fact]
    public void TryParse_FieldTwice_TakesTheLast()
    {
        var command = Parsed("""{"type":"subscribe","id":1,"channel":"a","data":1,"type":"publish","id":"2","channel":"b","data":[2]}""");
        Assert.Equal(JsonCommandType.Publish, command.Type);
        Assert.Equal(("\"2\"", "b", "[2]"), (command.Id, command.Channel, command.Data));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{}")]
    [InlineData("""{"id":1}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"ping\"")]
    [InlineData("""["type","ping"]""")]
    [InlineData("""{"type":null}""")]
    [InlineData("""{"type":1}""")]
    [InlineData("""{"type":["ping"]}""")]
    [InlineData("""{"type":{"type":"ping"}}""")]
    [InlineData("""{"type":"ping","id":true}""")]
    [InlineData("""{"type":"ping","id":[]}""")]
    [InlineData("""{"type":"ping","id":{}}""")]
    [InlineData("""{"type":"subscribe","channel":1}""")]
    [InlineData("""{"type":"subscribe","channel":["a"]}""")]
    [InlineData("""{"type":"ping"} """ + "x")]
    [InlineData("""{"type":"ping"}{"type":"ping"}""")]
    [InlineData("""{"type":"ping"},""")]
    [InlineData("""{"type":"ping",}""")]
    [InlineData("""{"type":"ping" """)]
    [InlineData("""{"type":"ping","id":01}""")]
    [InlineData("""{"type":"ping","id":NaN}""")]
    [InlineData("""{'type':'ping'}""")]
    [InlineData("""{type:"ping"}""")]
    [InlineData("""{"type":"ping"/**/}""")]
    [InlineData("""{"type":"pi\xng"}""")]
    [InlineData("{\"type\":\"pi\nng\"}")]
    public void TryParse_NoCommand_IsRefused(string json) => Assert.Null(TryParsed(json));

    // Escapes that are no text, in each place where a parser has to unescape.
    [Theory]
    [InlineData("""{"type":"\ud800"}""")]
    [InlineData("""{"\ud800":1,"type":"ping"}""")]
    [InlineData("""{"t\ud800e":1,"type":"ping"}""")]
    [InlineData("""{"id\udfff":1,"type":"ping"}""")]
    [InlineData("""{"type":"ping\udfff"}""")]
    public void TryParse_LoneSurrogateWhereTextIsCompared_IsRefused(string json) => Assert.Null(TryParsed(json));

    [Fact]
    public void TryParse_LoneSurrogateInAnIdOrInData_StaysAsItStands()
    {
        var command = Parsed("""{"type":"publish","channel":"\ud800","id":"\udfff","data":{"\ud800":"\udc00"}}""");
        Assert.Equal(("", "\"\\udfff\"", """{"\ud800":"\udc00"}"""), (command.Channel, command.Id, command.Data));
    }

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(500_000, false)]
    public void TryParse_Depth_IsBounded(int depth, bool isValid)
    {
        var json = $$"""{"type":"publish","channel":"a","data":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        Assert.Equal(isValid, TryParsed(json) is not null);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void TryParse_Fields_AreBounded(int fields, bool isValid)
    {
        var others = string.Concat(Enumerable.Repeat(""","\u0061":1""", fields - 1));
        Assert.Equal(isValid, TryParsed($$"""{"type":"ping"{{others}}}""") is not null);
    }

    [Theory]
    [InlineData("""{"type":"ping"#""", true)]
    [InlineData("""{"type":"publish","data":{"a":[1,{"b":2}]}#""", true)]
    [InlineData("""{"type":"publish","data":{"a":1#""", false)] // these are the data's
    [InlineData("""{"type":"publish","data":"#""", false)]
    [InlineData("""[1#""", false)]
    public void Beginning_WithMoreFieldsThanThereMayBe_IsHopelessWhateverFollows(string json, bool expected)
    {
        var beginning = Encoding.UTF8.GetBytes(json.Replace("#", string.Concat(Enumerable.Repeat(""","\u0061":1""", 80)), StringComparison.Ordinal));
        var isKnown = false;
        for (var length = 0; length <= beginning.Length; length++)
        {
            var isHopeless = JsonCommand.HasTooManyFields(beginning.AsSpan(0, length));
            Assert.True(isHopeless || !isKnown, $"What was hopeless is so no more after {length} bytes.");
            isKnown = isHopeless;
        }

        Assert.Equal(expected, isKnown);
    }

    // The bound is of what is not the data of a publication, wherever it stands: white space is no cheaper.
    [Theory]
    [InlineData("""{"type":"ping","x":"#"}""")]
    [InlineData("""{"type":"ping"#}""")]
    [InlineData("""{"type":"ping"}#""")]
    [InlineData("""#{"type":"ping"}""")]
    [InlineData("""{"type":"publish","channel":"a","data":1,"x":"#"}""")]
    [InlineData("""{"type":"publish","x":"#","data":[1,2,3],"channel":"a"}""")]
    [InlineData("""{"type":"publish","data":[1,2,3],"channel":"a"#}""")]
    [InlineData("""{"type":"subscribe","data":"#"}""")]
    [InlineData("""{"data":"#","type":"subscribe"}""")]
    public void TryParse_BytesBesideData_AreBounded(string json)
    {
        var besideData = Parsed(json.Replace("#", "", StringComparison.Ordinal)) is { Type: JsonCommandType.Publish, Data.Length: var data } ? json.Length - 1 - data : json.Length - 1;
        string With(int spaces) => json.Replace("#", new string(' ', spaces), StringComparison.Ordinal);

        Assert.NotNull(TryParsed(With(JsonCommand.MaxBytesBesideData - besideData)));
        Assert.Null(TryParsed(With(JsonCommand.MaxBytesBesideData - besideData + 1)));
        Assert.Null(TryParsed(With(1_000_000)));
    }

    [Theory]
    [InlineData("""{"type":"publish","channel":"a","data":#}""")]
    [InlineData("""{"data":#,"channel":"a","type":"publish"}""")]
    [InlineData("""{"data":#,"type":"send"}""")] // a newer client's command is one that is not known
    public void TryParse_LargeData_IsTaken(string json)
    {
        var data = "[" + string.Join(',', Enumerable.Repeat("1", 100_000)) + "]";
        Assert.Equal(data, Parsed(json.Replace("#", data, StringComparison.Ordinal)).Data);
    }

    [Fact]
    public void TryParse_RandomMutations_NeverThrow()
    {
        string[] seeds =
        [
            """{"type":"subscribe","id":1,"channel":"news"}""",
            """{"type":"publish","id":"a\u0041\ud83d\ude00","channel":"ch\u0061t:1","data":{"a":[1,2.5e-3,null,true,"x\ud800"]}}""",
            """{"unknown":{"a":[[]]},"type":"ping","id":-1.5}""",
            """{"\u0074ype":"unsubscribe","channel":"\ud800\udc00"}""",
        ];
        string[] inserts =
            ["\\ud800", "\\udc00", "\\u0000", "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "1e999", "type", "\"type\":", " "];
        var random = new Random(42);
        var valid = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var json = new StringBuilder(seeds[random.Next(seeds.Length)]);
            for (var edits = random.Next(1, 5); edits > 0; edits--)
            {
                var at = random.Next(json.Length);
                switch (random.Next(4))
                {
                    case 0:
                        json.Remove(at, Math.Min(random.Next(1, 6), json.Length - at));
                        break;
                    case 1:
                        json.Insert(at, inserts[random.Next(inserts.Length)]);
                        break;
                    case 2:
                        json[at] = (char)random.Next(0x20, 0x7F);
                        break;
                    default:
                        json.Insert(at, json.ToString(at, Math.Min(random.Next(1, 12), json.Length - at)));
                        break;
                }

                if (json.Length == 0)
                    json.Append('{');
            }

            valid += TryParsed(json.ToString()) is null ? 0 : 1;
        }

        Assert.InRange(valid, 100, 99_900);
    }

    private static Command Parsed(string json)
    {
        var command = TryParsed(json);
        Assert.True(command is not null, json);
        return command;
    }

    private static Command? TryParsed(string json) =>
        JsonCommand.TryParse(Encoding.UTF8.GetBytes(json), out var command)
            ? new Command(command.Type, Text(command.Id), Text(command.Channel), Text(command.Data))
            : null;

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private sealed record Command(JsonCommandType Type, string Id, string Channel, string Data);
}
