using Gateway.Core.Handshake;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Handshake;

/// <summary>RFC 6455 §4.2.1: what a request must say.</summary>
public class UpgradeTests
{
    private static readonly Dictionary<string, (string Request, int Status)> Invalid = new()
    {
        ["4.2.1 POST"] = (Requests.With("POST / HTTP/1.1"), 405),
        ["4.2.1 POST with a body"] = (Requests.With("POST / HTTP/1.1", add: "Content-Length: 5"), 405),
        ["4.2.1 lower case get"] = (Requests.With("get / HTTP/1.1"), 405),
        ["4.2.1 OPTIONS of the server"] = (Requests.With("OPTIONS * HTTP/1.1"), 405),
        ["4.2.1 CONNECT"] = (Requests.With("CONNECT example.com:80 HTTP/1.1"), 405),
        ["9110 7.8 HTTP/1.0"] = (Requests.With("GET / HTTP/1.0"), 400),
        ["9112 3.2.4 GET of the server"] = (Requests.With("GET * HTTP/1.1"), 400),
        ["9112 3.2 relative path"] = (Requests.With("GET chat HTTP/1.1"), 400),
        ["9112 3.2.2 other scheme"] = (Requests.With("GET ftp://a/ HTTP/1.1"), 400),
        ["9112 3.2.2 no authority"] = (Requests.With("GET http:///chat HTTP/1.1"), 400),
        ["9112 3.2.2 user in the authority"] = (Requests.With("GET http://a@b/ HTTP/1.1"), 400),
        ["9112 3.2 no Host"] = (Requests.With(without: "Host"), 400),
        ["9112 3.2 two Hosts"] = (Requests.With(add: "host: example.com"), 400),
        ["9112 3.2 empty Host"] = (Requests.With(replace: "Host:"), 400),
        ["9112 3.2 Host with a path"] = (Requests.With(replace: "Host: a/b"), 400),
        ["9112 3.2 Host with a space"] = (Requests.With(replace: "Host: a b"), 400),
        ["9112 3.2 Host with a bad port"] = (Requests.With(replace: "Host: a:80x"), 400),
        ["9112 3.2 Host with a broken address"] = (Requests.With(replace: "Host: [::1"), 400),
        ["9112 3.2.2 absolute form without Host"] = (Requests.With("GET http://a/ HTTP/1.1", without: "Host"), 400),
        ["9112 6.1 transfer encoding"] = (Requests.With(add: "Transfer-Encoding: chunked"), 400),
        ["9112 6.2 content length"] = (Requests.With(add: "Content-Length: 1"), 400),
        ["9112 6.2 two content lengths"] = (Requests.With(add: "Content-Length: 0\r\nContent-Length: 5"), 400),
        ["9112 6.3 the same content length twice"] = (Requests.With(add: "Content-Length: 0\r\ncontent-length: 0"), 400),
        ["9112 6.2 content length that is no number"] = (Requests.With(add: "Content-Length: +0"), 400),
        ["9112 6.2 empty content length"] = (Requests.With(add: "Content-Length:"), 400),
        ["9112 6.2 content length list"] = (Requests.With(add: "Content-Length: 0, 0"), 400),
        ["4.2.1 no Upgrade"] = (Requests.With(without: "Upgrade"), 426),
        ["4.2.1 other Upgrade"] = (Requests.With(replace: "Upgrade: h2c"), 426),
        ["4.2.1 Upgrade that only begins alike"] = (Requests.With(replace: "Upgrade: websocketx"), 426),
        ["4.2.1 no Connection"] = (Requests.With(without: "Connection"), 426),
        ["4.2.1 other Connection"] = (Requests.With(replace: "Connection: keep-alive"), 426),
        ["4.2.1 Connection that only begins alike"] = (Requests.With(replace: "Connection: Upgrade-Insecure"), 426),
        ["4.2.1 no version"] = (Requests.With(without: "Sec-WebSocket-Version"), 426),
        ["4.4 other version"] = (Requests.With(replace: "Sec-WebSocket-Version: 8"), 426),
        ["4.4 version list"] = (Requests.With(replace: "Sec-WebSocket-Version: 13, 8"), 426),
        ["4.4 longer version"] = (Requests.With(replace: "Sec-WebSocket-Version: 013"), 426),
        ["4.1 two versions"] = (Requests.With(add: "Sec-WebSocket-Version: 13"), 400),
        ["4.2.1 no key"] = (Requests.With(without: "Sec-WebSocket-Key"), 400),
        ["4.2.1 two keys"] = (Requests.With(add: "Sec-WebSocket-Key: " + Requests.Key), 400),
        ["4.2.1 empty key"] = (Requests.With(replace: "Sec-WebSocket-Key:"), 400),
        ["4.2.1 key of 15 bytes"] = (Requests.With(replace: "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4P"), 400),
        ["4.2.1 key of 17 bytes"] = (Requests.With(replace: "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEBE="), 400),
        ["4.2.1 key of 18 bytes"] = (Requests.With(replace: "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEBES"), 400),
        ["4.2.1 key without padding"] = (Requests.With(replace: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ"), 400),
        ["4.2.1 key that is not base64"] = (Requests.With(replace: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j*Q=="), 400),
        ["4.2.1 key with white space"] = (Requests.With(replace: "Sec-WebSocket-Key: dGhlIHNhbXBs ZSBub25jZQ=="), 400),
        ["4.1 subprotocol with a space"] = (Requests.With(add: "Sec-WebSocket-Protocol: a b"), 400),
        ["4.1 subprotocol with a slash"] = (Requests.With(add: "Sec-WebSocket-Protocol: a/b"), 400),
    };

    public static readonly TheoryData<string> InvalidNames = [.. Invalid.Keys];

    [Theory]
    [MemberData(nameof(InvalidNames))]
    public void Request_ThatBreaksARule_IsRefused(string section)
    {
        var (text, status) = Invalid[section];
        var (request, refusal, consumed) = Requests.Read(text);

        Assert.Null(request);
        Assert.Equal(status, refusal?.Status);
        Assert.Equal(0, consumed);
        Assert.InRange(refusal!.Reason.Length, 10, 200);
        Assert.DoesNotContain('\n', refusal.Reason);
    }

    [Fact]
    public void Request_OfTheRfcExample_IsRead()
    {
        var (request, _, consumed) = Requests.Read(Requests.Example);

        Assert.NotNull(request);
        Assert.Equal(Requests.Example.Length, consumed);
        Assert.Equal(("/chat", "", "server.example.com", "http://example.com"), (request.Path, request.Query, request.Host, request.Origin));
        Assert.Equal(Requests.Key, request.Key);
        Assert.Equal(["chat", "superchat"], request.Subprotocols);
        Assert.Empty(request.Offers);
        Assert.Equal(7, request.Headers.Count);
        Assert.Equal(new("Host", "server.example.com"), request.Headers[0]);
        Assert.Equal(new("Sec-WebSocket-Version", "13"), request.Headers[6]);
    }

    [Fact]
    public void Request_WithFramesBehindIt_EndsWhereTheyBegin()
    {
        var (request, _, consumed) = Requests.Read(Requests.Example + "\u0081\u0085frames");

        Assert.NotNull(request);
        Assert.Equal(Requests.Example.Length, consumed);
    }

    [Fact]
    public void Request_AfterAnEmptyLine_IsRead()
    {
        var (request, _, consumed) = Requests.Read("\r\n" + Requests.Example);

        Assert.NotNull(request);
        Assert.Equal(Requests.Example.Length + 2, consumed);
    }

    [Theory]
    [InlineData("Connection: keep-alive, Upgrade")]
    [InlineData("Connection: keep-alive,upgrade")]
    [InlineData("Connection:UPGRADE")]
    [InlineData("Connection: ,\tUpgrade\t,")]
    [InlineData("Connection: keep-alive\r\nConnection: Upgrade")]
    [InlineData("Upgrade: WebSocket")]
    [InlineData("Upgrade: h2c, websocket")]
    [InlineData("Upgrade: h2c\r\nUPGRADE: websocket")]
    [InlineData("Sec-WebSocket-Version:13")]
    [InlineData("Sec-WebSocket-Version: \t13 \t")]
    [InlineData("Host: example.com:8080")]
    [InlineData("Host: [::1]:80")]
    [InlineData("Host: [2001:db8::1]")]
    [InlineData("Host: 127.0.0.1:")]
    public void Request_SayingItAnotherWay_IsRead(string header) => Assert.NotNull(Requests.Read(Requests.With(replace: header)).Request);

    [Theory]
    [InlineData("Content-Length: 0")]
    [InlineData("Content-Length: 00")]
    [InlineData("Expect: 100-continue")]
    [InlineData("Empty:")]
    [InlineData("Sec-WebSocket-Protocol: , a,,b ,")]
    [InlineData("Value: ä\u00FF\u0080 with\ttab")]
    public void Request_WithAHarmlessHeader_IsRead(string header) => Assert.NotNull(Requests.Read(Requests.With(add: header)).Request);

    [Theory]
    [InlineData("GET / HTTP/1.1", "/", "", "example.com")]
    [InlineData("GET /a/b%2Fc?x=1&y=?2 HTTP/1.1", "/a/b%2Fc", "x=1&y=?2", "example.com")]
    [InlineData("GET /? HTTP/1.1", "/", "", "example.com")]
    [InlineData("GET //a HTTP/1.1", "//a", "", "example.com")]
    [InlineData("GET /a HTTP/1.2", "/a", "", "example.com")]
    [InlineData("GET http://other:81/a?b HTTP/1.1", "/a", "b", "other:81")]
    [InlineData("GET WSS://other HTTP/1.1", "/", "", "other")]
    [InlineData("GET ws://other?b HTTP/1.1", "/", "b", "other")]
    [InlineData("GET https://[::1]:443/ HTTP/1.1", "/", "", "[::1]:443")]
    public void Target_InEitherForm_IsTakenApart(string requestLine, string path, string query, string host)
    {
        var (request, _, _) = Requests.Read(Requests.With(requestLine));
        Assert.Equal((path, query, host), (request?.Path, request?.Query, request?.Host));
    }

    [Fact]
    public void Header_OfAnyCaseAndInSeveralLines_IsJoined()
    {
        var (request, _, _) = Requests.Read(Requests.With(
            add: "X-Forwarded-For: a\r\nOther: ä\r\nx-forwarded-for:  b, c \r\nSec-WebSocket-Extensions: foo\r\nSec-WebSocket-Extensions: bar; baz=2"));

        Assert.NotNull(request);
        Assert.Equal("a, b, c", request.Header("X-FORWARDED-FOR"));
        Assert.Equal("ä", request.Header("other"));
        Assert.Equal(["foo", "bar"], request.Offers.Select(offer => offer.Name));
        Assert.Null(request.Header("Missing"));
        Assert.Null(request.Origin);
        Assert.Empty(request.Subprotocols);
    }

    [Fact]
    public void Subprotocols_InSeveralLines_KeepTheirOrderAndCase()
    {
        var (request, _, _) = Requests.Read(Requests.With(add: "Sec-WebSocket-Protocol: b\r\nSec-WebSocket-Protocol: A,a"));
        Assert.Equal(["b", "A", "a"], request?.Subprotocols);
    }

    [Theory]
    [InlineData("a, b, a")]
    [InlineData("a\r\nSec-WebSocket-Protocol: b,a")]
    public void Subprotocols_ThatStandThereTwice_StandThereOnce(string list) =>
        Assert.Equal(["a", "b"], Requests.Read(Requests.With(add: "Sec-WebSocket-Protocol: " + list)).Request?.Subprotocols);

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Subprotocols_AreBoundedInNumber(int count, bool isTaken) =>
        Assert.Equal(isTaken, Requests.Read(Requests.With(add: "Sec-WebSocket-Protocol: " + string.Join(',', Enumerable.Range(0, count)))).Request is not null);

    [Fact]
    public void Request_WithBytesChanged_NeverThrowsAndIsJudgedAlikeHoweverItIsCut()
    {
        var random = new Random(11);
        const string likely = "\r\n\0 \t:,;/?#%=\"aZ09\u007F\u0080\u00FF";
        for (var round = 0; round < 3000; round++)
        {
            var text = Requests.Example.ToCharArray();
            for (var change = random.Next(1, 5); change > 0; change--)
                text[random.Next(text.Length)] = likely[random.Next(likely.Length)];
            Requests.Read(new string(text), new HandshakeOptions { MaxRequestLineBytes = 256, MaxHeaderBytes = 256, MaxRequestBytes = 512 });
        }
    }

    [Fact]
    public void Garbage_NeverThrows()
    {
        var random = new Random(12);
        var options = new HandshakeOptions();
        var bytes = new byte[200];
        for (var round = 0; round < 50_000; round++)
        {
            random.NextBytes(bytes);
            Assert.NotEqual(HandshakeStatus.Upgrade, Upgrade.TryRead(bytes.AsSpan(0, random.Next(bytes.Length)), options, out _, out _, out _, out _));
        }
    }
}
