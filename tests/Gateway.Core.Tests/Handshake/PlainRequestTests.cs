namespace Gateway.Core.Tests.Handshake;

/// <summary>RFC 9110 and 9112: requests that ask for no WebSocket, judged as strictly as those that do.</summary>
public class PlainRequestTests
{
    private static readonly Dictionary<string, (string Request, int Status)> Invalid = new()
    {
        ["9112 2.2 bare CR"] = ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400),
        ["9112 2.2 bare LF"] = ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400),
        ["9112 3.2 no Host"] = ("GET / HTTP/1.1\r\n\r\n", 400),
        ["9112 3.2 two Hosts"] = ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ["9112 3.2 two Hosts in HTTP/1.0"] = ("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ["9112 3.2 broken Host in HTTP/1.0"] = ("GET / HTTP/1.0\r\nHost: a b\r\n\r\n", 400),
        ["9112 5.1 space before the colon"] = ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        ["9112 5.2 obs-fold"] = ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
        ["9112 6.1 transfer encoding"] = ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ["9112 6.1 transfer encoding and length"] = ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ["9112 6.1 transfer encoding of another name"] = ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 400),
        ["9112 6.2 body"] = ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 400),
        ["9112 6.3 two lengths alike"] = ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", 400),
        ["9112 6.3 two lengths that differ"] = ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 30\r\n\r\n", 400),
        ["9112 6.3 list of lengths"] = ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0,0\r\n\r\n", 400),
        ["9112 6.3 negative length"] = ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ["9110 15.5.6 POST"] = ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405),
        ["9110 15.5.6 TRACE"] = ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        ["9110 15.5.6 lower case get"] = ("get / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        ["9110 7.8 key only"] = ("GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: x\r\n\r\n", 426),
    };

    public static readonly TheoryData<string> InvalidNames = [.. Invalid.Keys];

    [Theory]
    [MemberData(nameof(InvalidNames))]
    public void Request_ThatBreaksARule_IsRefusedHoweverItIsCut(string section)
    {
        var (text, status) = Invalid[section];
        var (_, plain, refusal, consumed) = Requests.ReadAny(text);

        Assert.Null(plain);
        Assert.Equal(status, refusal?.Status);
        Assert.False(refusal!.OmitsBody);
        Assert.Equal(0, consumed);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "/", false)]
    [InlineData("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "/healthz", true)]
    [InlineData("GET /healthz?full HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "/healthz", false)]
    [InlineData("GET /healthz HTTP/1.0\r\n\r\n", "/healthz", false)] // haproxy's health check
    [InlineData("GET /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", "/a", false)]
    [InlineData("GET http://a HTTP/1.1\r\nHost: b\r\n\r\n", "/", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n", "/", false)] // 9110 7.8: ignored
    [InlineData("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n", "/", false)]
    public void Request_ForAPage_IsRead(string text, string path, bool isHead)
    {
        var (request, plain, refusal, _) = Requests.ReadAny(text);

        Assert.Null(request);
        Assert.Null(refusal);
        Assert.Equal((path, isHead), (plain!.Path, plain.IsHead));
    }

    [Fact]
    public void Head_WithAnUpgrade_AsksForAPage() => Assert.True(Requests.ReadAny(Requests.With("HEAD / HTTP/1.1")).Plain?.IsHead);

    [Theory]
    [InlineData("HEAD / HTTP/1.1\r\n\r\n")]
    [InlineData("\r\nHEAD / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n")]
    [InlineData("HEAD / HTTP/3.0\r\n")]
    public void Head_Refused_IsAnsweredWithoutContent(string text) => Assert.True(Requests.ReadAny(text).Refusal?.OmitsBody);
}
