using System.Text;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Options;

public sealed class JsonPointerTests
{
    // RFC 6901 §5, with scalars where its document has none.
    private const string Document = """
        {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"~1":"tilde","user":{"id":"u1","tags":[true,false,null,{"x":1.50}]},"escaped \u00e9":"\u00e9"}
        """;

    [Theory]
    [InlineData("/foo/0", "bar")]
    [InlineData("/foo/1", "baz")]
    [InlineData("/", "0")]
    [InlineData("/a~1b", "1")]
    [InlineData("/c%d", "2")]
    [InlineData("/e^f", "3")]
    [InlineData("/g|h", "4")]
    [InlineData("/i\\j", "5")]
    [InlineData("/k\"l", "6")]
    [InlineData("/ ", "7")]
    [InlineData("/m~0n", "8")]
    [InlineData("/~01", "tilde")]
    [InlineData("/user/id", "u1")]
    [InlineData("/user/tags/0", "true")]
    [InlineData("/user/tags/1", "false")]
    [InlineData("/user/tags/3/x", "1.50")]
    [InlineData("/escaped é", "é")]
    [InlineData("", null)] // an object
    [InlineData("/foo", null)]
    [InlineData("/foo/2", null)]
    [InlineData("/foo/-", null)]
    [InlineData("/foo/00", null)]
    [InlineData("/foo/1e0", null)]
    [InlineData("/foo/99999999999", null)]
    [InlineData("/foo/0/x", null)]
    [InlineData("/user/tags/2", null)]
    [InlineData("/absent", null)]
    [InlineData("/user/absent", null)]
    public void Pointer_IntoTheDocument_FindsItsScalar(string path, string? expected) => Assert.Equal(expected, Find(path, Document));

    [Theory]
    [InlineData("\"text\"", "text")]
    [InlineData(" 12 ", "12")]
    [InlineData("\"\"", null)]
    [InlineData("\"\\ud800\"", null)]
    [InlineData("[1]", null)]
    public void Pointer_ToTheWhole_IsItsScalar(string json, string? expected) => Assert.Equal(expected, Find("", json));

    [Fact]
    public void Pointer_ToSomethingLong_FindsNothing()
    {
        Assert.Equal(new string('x', 255), Find("/a", $$"""{"a":"{{new string('x', 255)}}"}"""));
        Assert.Null(Find("/a", $$"""{"a":"{{new string('x', 256)}}"}"""));
        Assert.Null(Find("/a", $$"""{"a":"{{new string('é', 128)}}"}"""));
        Assert.Null(Find("/a", $$"""{"a":{{new string('1', 256)}}}"""));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("#/a")]
    [InlineData("/~")]
    [InlineData("/a~2b")]
    [InlineData("/~0~")]
    public void Text_ThatIsNoPointer_IsRefused(string text)
    {
        Assert.False(JsonPointer.TryParse(text, out _));
        Assert.False(new JsonPointerAttribute().IsValid(text));
    }

    [Fact]
    public void Name_WithAnEscapedHalfOfASurrogatePair_IsNotTheOneLookedFor() =>
        Assert.Equal("2", Find("/a", """{"\ud800":1,"a":2}"""));

    private static string? Find(string path, string json)
    {
        Assert.True(JsonPointer.TryParse(path, out var parsed));
        return parsed.ScalarIn(Encoding.UTF8.GetBytes(json), maxBytes: 255);
    }
}
