using Gateway.Admin;

namespace Gateway.Tests.Admin;

public sealed class PathNamesTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a%2Fb?x=/c", "/a%2Fb")]
    [InlineData("/a?url=http://host/b", "/a")]
    [InlineData("/a://b/c", "/a://b/c")]
    [InlineData("http://host/a%252Fb?x", "/a%252Fb")]
    [InlineData("http://host/", "/")]
    [InlineData("http://host", "/")]
    [InlineData("http://host?x", "/")]
    [InlineData("http://host?x=/a", "/")]
    [InlineData("http://", "/")]
    [InlineData("*", "*")]
    public void Sent_InEitherForm_IsThePathUndecoded(string target, string path) => Assert.Equal(path, PathNames.Sent(target));
}
