using Gateway.Core.Handshake;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Handshake;

/// <summary>RFC 9112: what a request's bytes may look like, and the limits.</summary>
public class RequestHeadTests
{
    private static readonly Dictionary<string, (string Request, int Status)> Invalid = new()
    {
        ["9112 2.2 bare LF after the request line"] = ("GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
        ["9112 2.2 bare LF after a header"] = ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        ["9112 2.2 bare LF as the empty line"] = ("GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
        ["9112 2.2 bare CR in the request line"] = ("GET /\r HTTP/1.1\r\n\r\n", 400),
        ["9112 2.2 bare CR in a value"] = ("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400),
        ["9112 2.2 CR CR LF"] = ("GET / HTTP/1.1\r\r\n", 400),
        ["9112 2.2 two leading empty lines"] = ("\r\n\r\nGET / HTTP/1.1\r\n", 400),
        ["9112 2.2 leading bare LF"] = ("\nGET / HTTP/1.1\r\n", 400),
        ["9112 2.2 white space before the first header"] = ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        ["9112 3 no target"] = ("GET HTTP/1.1\r\n", 400),
        ["9112 3 empty target"] = ("GET  HTTP/1.1\r\n", 400),
        ["9112 3 method only"] = ("GET\r\n", 400),
        ["9112 3 three spaces"] = ("GET / / HTTP/1.1\r\n", 400),
        ["9112 3 space at the end"] = ("GET / HTTP/1.1 \r\n", 400),
        ["9112 3 leading space"] = (" GET / HTTP/1.1\r\n", 400),
        ["9112 3 tabs for spaces"] = ("GET\t/\tHTTP/1.1\r\n", 400),
        ["9110 9.1 method with a delimiter"] = ("G(T / HTTP/1.1\r\n", 400),
        ["9110 9.1 TLS hello"] = ("\u0016\u0003\u0001\u0002\0\u0001\0\u0001", 400),
        ["9112 3.2 fragment"] = ("GET /a#b HTTP/1.1\r\n", 400),
        ["9112 3.2 control character"] = ("GET /a\u0001 HTTP/1.1\r\n", 400),
        ["9112 3.2 NUL"] = ("GET /\0 HTTP/1.1\r\n", 400),
        ["9112 3.2 DEL"] = ("GET /\u007F HTTP/1.1\r\n", 400),
        ["9112 3.2 not ASCII"] = ("GET /ä HTTP/1.1\r\n", 400),
        ["6455 4.2.1 HTTP/2.0"] = ("GET / HTTP/2.0\r\n", 400),
        ["9112 2.3 HTTP/0.9"] = ("GET /\r\n", 400),
        ["9112 2.3 lower case"] = ("GET / http/1.1\r\n", 400),
        ["9112 2.3 two digits"] = ("GET / HTTP/1.10\r\n", 400),
        ["9112 2.3 no digit"] = ("GET / HTTP/1.\r\n", 400),
        ["9113 3.4 preface of HTTP/2"] = ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ["9112 5.1 space before the colon"] = ("GET / HTTP/1.1\r\nHost : a\r\n", 400),
        ["9112 5.1 space in the name"] = ("GET / HTTP/1.1\r\nHo st: a\r\n", 400),
        ["9112 5.1 empty name"] = ("GET / HTTP/1.1\r\n: a\r\n", 400),
        ["9112 5.1 no colon"] = ("GET / HTTP/1.1\r\nHost\r\n", 400),
        ["9110 5.1 name that is not a token"] = ("GET / HTTP/1.1\r\nHo(st: a\r\n", 400),
        ["9110 5.1 name that is not ASCII"] = ("GET / HTTP/1.1\r\nHöst: a\r\n", 400),
        ["9112 5.2 folded line"] = ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n", 400),
        ["9112 5.2 folded line by a tab"] = ("GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n", 400),
        ["9110 5.5 NUL in a value"] = ("GET / HTTP/1.1\r\nA: b\0c\r\n", 400),
        ["9110 5.5 control character in a value"] = ("GET / HTTP/1.1\r\nA: b\u001Bc\r\n", 400),
        ["9110 5.5 DEL in a value"] = ("GET / HTTP/1.1\r\nA: \u007F\r\n", 400),
    };

    public static readonly TheoryData<string> InvalidNames = [.. Invalid.Keys];

    [Theory]
    [MemberData(nameof(InvalidNames))]
    public void Head_Malformed_IsRefusedHoweverItIsCut(string section)
    {
        var (text, status) = Invalid[section];
        var (_, refusal, _) = Requests.Read(text);
        Assert.Equal(status, refusal?.Status);
    }

    [Theory]
    [InlineData("\u0016", 1)]
    [InlineData("\n", 1)]
    [InlineData("GET / HTTP/1.1\n", 15)]
    [InlineData("GET / HTTP/2.0\r\nHost", 16)]
    [InlineData("GET / HTTP/1.1\r\nBad Name: x\r\nmore", 29)]
    [InlineData("GET / HTTP/1.1\rx", 16)]
    public void Head_Malformed_IsRefusedAtTheByteThatShowsIt(string text, int bytes) => Assert.Equal(bytes, Requests.RefusedAfter(text));

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("GE")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r")]
    public void Head_Incomplete_NeedsMore(string text)
    {
        var (request, refusal, _) = Requests.Read(text);
        Assert.Null(request);
        Assert.Null(refusal);
    }

    /// <summary>What is whole is judged once, so that a peer that sends byte by byte has each line read once and not with every byte.</summary>
    [Fact]
    public void Head_InParts_GoesOnBehindTheLastWholeLine()
    {
        var request = Requests.Bytes("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC: d");
        var progress = default(RequestProgress);

        Assert.Equal(HandshakeStatus.NeedMore, RequestHead.TryRead(request, new HandshakeOptions(), ref progress, out _, out _, out _));

        Assert.Equal(new RequestProgress((ushort)Requests.Bytes("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n").Length, 2), progress);
    }

    [Fact]
    public void RequestLine_AboveItsLimit_Is414AtOnce()
    {
        var options = new HandshakeOptions { MaxRequestLineBytes = 256 };
        string Line(int length) => "GET /" + new string('x', length - 14) + " HTTP/1.1";

        Assert.NotNull(Requests.Read(Requests.With(Line(256)), options).Request);
        var text = Requests.With(Line(257));
        Assert.Equal(414, Requests.Read(text, options).Refusal?.Status);
        Assert.Equal(257, Requests.RefusedAfter(text, options));
    }

    [Fact]
    public void HeaderLine_AboveItsLimit_Is431AtOnce()
    {
        var options = new HandshakeOptions { MaxHeaderBytes = 256 };

        Assert.NotNull(Requests.Read(Requests.With(add: "A: " + new string('x', 253)), options).Request);
        var text = Requests.With(add: "A: " + new string('x', 254));
        Assert.Equal(431, Requests.Read(text, options).Refusal?.Status);
        Assert.Equal(text.Length - 4, Requests.RefusedAfter(text, options));
    }

    [Fact]
    public void HeaderLines_AboveTheirCount_Are431AtOnce()
    {
        var options = new HandshakeOptions { MaxHeaders = 8 }; // a request has five

        Assert.NotNull(Requests.Read(Requests.With(add: "A: 1\r\nA: 2\r\nA: 3"), options).Request);
        var text = Requests.With(add: "A: 1\r\nA: 2\r\nA: 3\r\nB: 4");
        Assert.Equal(431, Requests.Read(text, options).Refusal?.Status);
        Assert.Equal(text.IndexOf('B', text.IndexOf("A: 3", StringComparison.Ordinal)) + 1, Requests.RefusedAfter(text, options));
    }

    [Fact]
    public void Request_AboveItsLimit_Is431AtOnce()
    {
        var text = Requests.With(add: string.Join("\r\n", Enumerable.Range(0, 10).Select(i => $"Header-{i}: {new string('x', 50)}")));

        Assert.NotNull(Requests.Read(text, new HandshakeOptions { MaxRequestBytes = text.Length }).Request);
        foreach (var missing in new[] { 1, 2, 3, 4, 5, 30, 100 })
        {
            var options = new HandshakeOptions { MaxRequestBytes = text.Length - missing };
            Assert.Equal(431, Requests.Read(text, options).Refusal?.Status);
            Assert.Equal(options.MaxRequestBytes + 1, Requests.RefusedAfter(text, options));
        }
    }

    [Fact]
    public void Request_WithFramesBehindIt_IsNotChargedForThem()
    {
        var text = Requests.With();
        var (request, _, consumed) = Requests.Read(text + new string('\u0081', 1000), new HandshakeOptions { MaxRequestBytes = text.Length });

        Assert.NotNull(request);
        Assert.Equal(text.Length, consumed);
    }
}
