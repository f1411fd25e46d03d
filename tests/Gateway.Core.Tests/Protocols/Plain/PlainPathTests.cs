using Gateway.Core.Protocols.Plain;

namespace Gateway.Core.Tests.Protocols.Plain;

public sealed class PlainPathTests
{
    [Theory]
    [InlineData("news", new[] { "news" })]
    [InlineData("a,b,c", new[] { "a", "b", "c" })]
    [InlineData("b,a,b,a", new[] { "b", "a" })] // each once, in their order
    [InlineData("a,%61", new[] { "a" })]
    [InlineData("chat:room", new[] { "chat:room" })]
    [InlineData("a/b", new[] { "a/b" })]
    [InlineData("%67r%C3%B6%C3%9Fe", new[] { "gr\u00F6\u00DFe" })]
    [InlineData("%c3%b6", new[] { "\u00F6" })]
    [InlineData("%F0%9F%98%80", new[] { "\U0001F600" })]
    [InlineData("a+b", new[] { "a+b" })] // no form encoding
    [InlineData("%25", new[] { "%" })]
    [InlineData("%2541", new[] { "%41" })] // decoded once
    [InlineData("%2F", new[] { "/" })]
    public void TryParse_List_IsSplitThenDecoded(string list, string[] expected)
    {
        Assert.True(PlainPath.TryParse(list, 1000, out var names, out _));
        Assert.Equal(expected, names.Select(name => name.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData(",a")]
    [InlineData("a,,b")]
    [InlineData("%2C")] // a comma is in no name
    [InlineData("a%2Cb")]
    [InlineData("%20")]
    [InlineData("a%20b")]
    [InlineData("%00")]
    [InlineData("%0A")]
    [InlineData("%7F")]
    [InlineData("%C2%80")]
    [InlineData("%")]
    [InlineData("%4")]
    [InlineData("a%")]
    [InlineData("a%4")]
    [InlineData("%zz")]
    [InlineData("%4g")]
    [InlineData("%+1")]
    [InlineData("%-1")]
    [InlineData("% 1")]
    [InlineData("%%41")]
    [InlineData("%C3")] // no UTF-8
    [InlineData("%FF")]
    [InlineData("%ED%A0%80")]
    [InlineData("%C0%AF")] // an overlong slash
    public void TryParse_NoList_IsRefused(string list)
    {
        Assert.False(PlainPath.TryParse(list, 1000, out var names, out _));
        Assert.Null(names);
    }

    [Fact]
    public void TryParse_NameOf255Bytes_IsTheLongest()
    {
        Assert.True(PlainPath.TryParse(new string('a', 255), 1000, out _, out _));
        Assert.False(PlainPath.TryParse(new string('a', 256), 1000, out _, out _));
        Assert.True(PlainPath.TryParse(string.Concat(Enumerable.Repeat("%61", 255)), 1000, out _, out _));
        Assert.False(PlainPath.TryParse(string.Concat(Enumerable.Repeat("%61", 256)), 1000, out _, out _));
    }

    [Theory]
    [InlineData("a,b", 2, false)]
    [InlineData("a,b,c", 2, true)]
    [InlineData("a,a,a", 2, false)]
    [InlineData("a,b,a,b,c", 2, true)]
    public void TryParse_MoreThanMayBe_IsTooLong(string list, int most, bool expected)
    {
        Assert.Equal(!expected, PlainPath.TryParse(list, most, out var names, out var isTooLong));
        Assert.Equal((expected, expected), (isTooLong, names is null));
    }
}
