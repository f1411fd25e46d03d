using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using static Gateway.Conformance.Cases.RequestCase;

namespace Gateway.Conformance.Rfc9112;

/// <summary>§5, §6, §9 and §11.2: header lines, bodies, the end of the connection, and nothing that two servers could read differently.</summary>
public sealed class FieldTests(NodesUnderTest nodes)
{
    private static readonly CaseSet Cases =
    [

        // §5
        Refused("§5.1 white space before the colon", Request.With("X : a")),
        Refused("§5.1 white space before the colon of a field that counts", Request.Without("Host", "Host : localhost")),
        Refused("§5.1 a line without a colon", Request.With("X")),
        Refused("§5.1 a name of nothing", Request.With(": a")),
        .. new[] { "X(", "X/Y", "X\x01", "X\xE4", "\"X\"", "X Y" }.Select((name, i) =>
            Refused($"§5.1 a name is a token ({i})", Request.With(name + ": a"))),
        Accepted("§5.1 a value of nothing", Request.With("X:")),
        Accepted("§5.1 white space around a value", Request.With("X: \t a \t ")),
        Refused("§5.2 a folded line", Request.With("X: a\r\n b")),
        Refused("§5.2 a line folded by a tab", Request.With("X: a\r\n\tb")),
        Refused("§5.2 a folded line that would hide a field", Request.With("X: a\r\n Host: b")),
        .. new[] { "\0", "\x01", "\x08", "\x0B", "\x7F" }.Select((character, i) =>
            Refused($"RFC 9110 §5.5 a control character in a value ({i})", Request.With($"X: a{character}b"))),
        Accepted("RFC 9110 §5.5 a tab and bytes above 127 in a value", Request.With("X: a\tb\x80\xFF")),
        Refused("§5 a header line that is too long", Request.With("X: " + new string('a', 9_000)), 431),
        Refused("§5 a header line that never ends", Request.Of("GET /echo HTTP/1.1", "Host: localhost")[..^2] + "X: " + new string('a', 9_000), 431),
        Refused("§5 too many header lines", Request.With([.. Enumerable.Repeat("X: a", 200)]), 431),
        Refused("§5 too many bytes", Request.With([.. Enumerable.Range(0, 10).Select(i => $"X{i}: {new string('a', 7_000)}")]), 431),

        // §6: there is no body to be read by one and not by the other.
        Refused("§6.1 a transfer encoding", Request.With("Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n"),
        Refused("§6.1 a transfer encoding that is not known", Request.With("Transfer-Encoding: x")),
        Refused("§6.1 a transfer encoding in another case", Request.With("tRANSFER-eNCODING: cHUNKED") + "0\r\n\r\n"),
        Refused("§6.1 a transfer encoding and a length", Request.With("Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n"),
        Refused("§6.1 a transfer encoding in HTTP/1.0", Request.Of("GET / HTTP/1.0", "Host: localhost", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Refused("§6.2 a body", Request.With("Content-Length: 5") + "hello"),
        .. new[] { "-1", "+5", "5, 5", "5,6", "0x5", "5 5", "", "99999999999999999999", "five" }.Select(length =>
            Refused($"§6.3 the length '{length}'", Request.With("Content-Length: " + length) + "hello")),
        Refused("§6.3 two lengths", Request.With("Content-Length: 5", "Content-Length: 6") + "hello!"),
        Refused("§6.3 two lengths, the same", Request.With("Content-Length: 5", "Content-Length: 5") + "hello"),
        Refused("§6.3 two lengths of nothing", Request.With("Content-Length: 0", "Content-Length: 0")),
        Refused("§6.3 a body of a page's request", Request.Of("GET / HTTP/1.1", "Host: localhost", "Content-Length: 5") + "hello"),
        Refused("§11.2 a request behind a refused one is not answered", Request.With("Content-Length: 60") + Request.With()),

        // §9
        Refused("§9.3 one request a connection: what follows is not answered", Request.Of("GET /nowhere HTTP/1.1", "Host: localhost") + Request.With(), 404),
        Refused("§9.3 whatever the client asks of the connection", Request.Of("GET /nowhere HTTP/1.1", "Host: localhost", "Connection: keep-alive"), 404),
        Refused("§9.6 the answer arrives in front of megabytes that follow", Request.Line("GET /nowhere HTTP/1.1") + new string('x', 3_000_000), 404),
        new RequestCase("RFC 9110 §9.3.2 a HEAD has no body") { Request = Request.Of("HEAD /nowhere HTTP/1.1", "Host: localhost"), Status = 404, IsHead = true },
        new RequestCase("RFC 9110 §9.3.2 a HEAD of the page has no body") { Request = Request.Of("HEAD / HTTP/1.1", "Host: localhost"), Status = 200, IsHead = true },
        new RequestCase("RFC 9110 §9.3.2 a HEAD that is refused has no body") { Request = Request.Of("HEAD / HTTP/1.1", "Host: localhost", "X : a"), Status = 400, IsHead = true },
        Refused("RFC 9110 §7.8 a page in HTTP/1.0", Request.Of("GET / HTTP/1.0"), 200),
        Refused("RFC 9110 §15.5.22 a WebSocket's path without an upgrade", Request.Of("GET /echo HTTP/1.1", "Host: localhost"), 426) with { Fields = new Dictionary<string, string?> { ["Upgrade"] = "websocket" } },
        Refused("the page at the root", Request.Of("GET / HTTP/1.1", "Host: localhost"), 200),
        Refused("the health of the node", Request.Of("GET /healthz HTTP/1.1", "Host: localhost"), 200),
        Refused("RFC 9110 §10.1.1 an expectation does not open a body", Request.With("Expect: 100-continue", "Content-Length: 5"), 400),
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);
}
