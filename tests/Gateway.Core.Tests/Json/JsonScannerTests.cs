using System.Text;
using System.Text.Json;
using Gateway.Core.Json;

namespace Gateway.Core.Tests.Json;

public class JsonScannerTests
{
    private static readonly string[] Pieces =
        ["{", "}", "[", "]", ",", ":", "\"", "\\", "\"a\"", "\"\\n\"", "\"\\u00e9\"", "\"\\ud800\"", "\\u12", "-", "0", "1", ".", "e", "E+", "1.5e-3", "true", "false", "null", "nul", " ", "\t", "\n", "\u0001", "é", "\"aaaaaaaaaaaaaaaaaaaaaaaa\"", "/", "\"a\":"];

    [Theory]
    [InlineData("1")]
    [InlineData(" -0.5E+10 ")]
    [InlineData("[[],{},[{}],{\"a\":{\"b\":[]}}]")]
    [InlineData("\"\"")]
    [InlineData("\"0123456789abcdef0123456789abcdef\\\"\"")]
    [InlineData("[true,false,null]")]
    public void IsValue_AValue_IsOne(string json) => Assert.True(Is(json));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("+1")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1 2]")]
    [InlineData("[}")]
    [InlineData("{\"a\":1]")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{1:1}")]
    [InlineData("[[]")]
    [InlineData("[]]")]
    [InlineData("[][]")]
    [InlineData("\"a")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u123\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"0123456789abcdef0123456789\u0001\"")]
    [InlineData("tru")]
    [InlineData("trues")]
    [InlineData("nul")]
    public void IsValue_NoValue_IsNone(string json) => Assert.False(Is(json));

    /// <summary>The library's reader is the slow twin.</summary>
    [Fact]
    public void IsValue_OfRandomPieces_AgreesWithTheLibrary()
    {
        var random = new Random(7);
        var valid = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var json = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            if (random.Next(2) == 0)
                json = $"[{json}]";
            var expected = IsForTheLibrary(json);
            Assert.True(expected == Is(json), json);
            valid += expected ? 1 : 0;
        }

        Assert.InRange(valid, 2_000, 150_000);
    }

    [Fact]
    public void SkipValue_OfEveryPrefix_FindsNoEnd()
    {
        var json = Encoding.UTF8.GetBytes("""{"a":[1,-2.5e3,"x\u0041\n",{"b":null}],"c":[[],{}]}""");
        for (var length = 0; length < json.Length; length++)
            Assert.Equal(-1, JsonScanner.SkipValue(json.AsSpan(0, length), 0, 100));

        Assert.Equal(json.Length, JsonScanner.SkipValue([.. json, .. ",1"u8], 0, 100));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1024)]
    public void IsValue_Depth_IsBounded(int depth)
    {
        Assert.True(Is(Nested(depth), depth));
        Assert.False(Is(Nested(depth + 1), depth));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\\u0061\\n\\\"\\/\\\\", "a\n\"/\\")]
    [InlineData("\\ud83d\\ude00é", "\U0001F600é")]
    [InlineData("", "")]
    public void JsonString_Unescaped_IsItsText(string escaped, string text)
    {
        var to = new byte[escaped.Length * 3];
        Assert.True(JsonString.TryUnescape(Encoding.UTF8.GetBytes(escaped), to, out var written));
        Assert.Equal(text, Encoding.UTF8.GetString(to, 0, written));
        Assert.True(JsonString.Is(Encoding.UTF8.GetBytes(escaped), Encoding.UTF8.GetBytes(text)));
        Assert.False(JsonString.Is(Encoding.UTF8.GetBytes(escaped), Encoding.UTF8.GetBytes(text + "x")));
        Assert.False(JsonString.Is(Encoding.UTF8.GetBytes(escaped + "x"), Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00\\ud800")]
    [InlineData("\\ud800x")]
    [InlineData("\\ud800\\n")]
    [InlineData("\\ud800\\u0061")]
    public void JsonString_OfALoneSurrogate_IsNoText(string escaped)
    {
        Assert.False(JsonString.TryUnescape(Encoding.UTF8.GetBytes(escaped), new byte[64], out _));
        Assert.False(JsonString.Is(Encoding.UTF8.GetBytes(escaped), "x"u8));
    }

    // Arrays and objects in turn, so that every level's kind matters.
    private static string Nested(int depth) =>
        string.Concat(Enumerable.Range(0, depth).Select(level => level % 2 == 0 ? "[" : "{\"a\":")) + (depth % 2 == 0 ? "1" : "")
        + string.Concat(Enumerable.Range(0, depth).Reverse().Select(level => level % 2 == 0 ? "]" : "}"));

    private static bool Is(string json, int maxDepth = 1000) => JsonScanner.IsValue(Encoding.UTF8.GetBytes(json), maxDepth);

    private static bool IsForTheLibrary(string json)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
