using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Handshake;

/// <summary>A header without a value is as good as none: proxies write one in place of what they take away, and clients for what they do not wish.</summary>
public sealed class EmptyHeaderTests
{
    [Theory]
    [InlineData("Sec-WebSocket-Protocol:")]
    [InlineData("Sec-WebSocket-Protocol:  \t")]
    [InlineData("Sec-WebSocket-Protocol: , ,")]
    [InlineData("Sec-WebSocket-Extensions:")]
    [InlineData("Sec-WebSocket-Protocol:\r\nSec-WebSocket-Extensions:")]
    [InlineData("Origin:")]
    [InlineData("Authorization:")]
    [InlineData("Cookie:")]
    [InlineData("X-Forwarded-For:")]
    [InlineData("Forwarded:")]
    [InlineData("Upgrade:")]
    [InlineData("Connection:")]
    public void Header_WithoutAValue_IsAbsent(string lines)
    {
        using var harness = new ProtocolHarness(options => options.Auth.Cookie = "session");

        Assert.Equal("HTTP/1.1 101 Switching Protocols", harness.Response("/", lines + "\r\n").Line);
    }

    [Fact]
    public void Header_InSeveralLines_IsJoinedOfThoseWithAValue()
    {
        var (request, _, _) = Requests.Read(Requests.With(add: "Other:\r\nOther: a\r\nOther:\r\nOther: b\r\nEmpty:"));

        Assert.Equal("a, b", request!.Header("Other"));
        Assert.Null(request.Header("Empty"));
    }
}
