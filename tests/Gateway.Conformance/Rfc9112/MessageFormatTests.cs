using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using static Gateway.Conformance.Cases.RequestCase;

namespace Gateway.Conformance.Rfc9112;

/// <summary>§2 and §3: lines, and the request line.</summary>
public sealed class MessageFormatTests(NodesUnderTest nodes)
{
    private static readonly CaseSet Cases =
    [

        // §2.2
        Accepted("§2.2 an empty line in front of the request line is passed over", "\r\n" + Request.With()),
        Refused("§2.2 a line feed alone does not end a line", Request.With().Replace("\r\n", "\n", StringComparison.Ordinal)),
        Refused("§2.2 a line feed alone does not end a header line", Request.With().Replace("Upgrade: websocket\r\n", "Upgrade: websocket\n", StringComparison.Ordinal)),
        Refused("§2.2 a carriage return alone is no part of a line", Request.With("X: a\rb")),
        Refused("§2.2 a carriage return alone is no part of the request line", Request.Line("GET /echo\r HTTP/1.1")),
        Refused("§2.2 white space between the request line and the first header line", Request.With().Replace("HTTP/1.1\r\n", "HTTP/1.1\r\n ", StringComparison.Ordinal)),
        Refused("§2.2 a line of white space between the request line and the first header line", Request.With().Replace("HTTP/1.1\r\n", "HTTP/1.1\r\n \r\n", StringComparison.Ordinal)),

        // §2.3
        .. new[] { "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.10", "HTTP/1", "HTTP/11", "HTTPS/1.1", "HTTP/1.x" }.Select(version =>
            Refused($"§2.3 {version} is not a version that is spoken here", Request.Line("GET /echo " + version))),
        Refused("§2.3 HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Refused("another protocol is told at its first byte", "\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03"),

        // §3
        Refused("§3 a request line without a version", Request.Line("GET /echo")),
        Refused("§3 a request line without a target", Request.Line("GET HTTP/1.1")),
        Refused("§3 two spaces", Request.Line("GET  /echo HTTP/1.1")),
        Refused("§3 two spaces behind the target", Request.Line("GET /echo  HTTP/1.1")),
        Refused("§3 a tab for a space", Request.Line("GET\t/echo HTTP/1.1")),
        Refused("§3 white space behind the version", Request.Line("GET /echo HTTP/1.1 ")),
        Refused("§3 white space in front of the method", Request.Line(" GET /echo HTTP/1.1")),
        Refused("§3.1 a method is a token", Request.Line("G@T /echo HTTP/1.1")),
        Refused("§3.1 methods are case-sensitive", Request.Line("get /echo HTTP/1.1"), 405),
        Refused("§3.1 a method that is not known", Request.Line("BREW /echo HTTP/1.1"), 405),
        Refused("§3 a request line that is too long", Request.Line($"GET /{new string('a', 9_000)} HTTP/1.1"), 414),
        Refused("§3 a request line that never ends", $"GET /{new string('a', 9_000)}", 414),

        // §3.2
        .. new[] { "/\x01", "/\x7F", "/a\0b", "/\xE4", "/a#b" }.Select((target, i) =>
            Refused($"§3.2 a target with what must not stand in one ({i})", Request.Line($"GET {target} HTTP/1.1"))),
        Refused("§3.2.3 authority form is for CONNECT", Request.Line("GET localhost:80 HTTP/1.1")),
        Refused("§3.2.4 asterisk form is for OPTIONS", Request.Line("GET * HTTP/1.1")),
        Refused("§3.2.2 another scheme", Request.Line("GET ftp://localhost/echo HTTP/1.1")),
        Refused("§3.2.2 absolute form without a host", Request.Line("GET http:///echo HTTP/1.1")),
        Refused("§3.2 no Host", Request.Without("Host")),
        Refused("§3.2 two Hosts", Request.With("Host: localhost")),
        Refused("§3.2 two Hosts that differ", Request.With("Host: example.com")),
        .. new[] { "a b", "a/b", "a@b", "a:b:c", "[::1", "a:99999x", "\x01" }.Select((host, i) =>
            Refused($"§3.2 an invalid Host ({i})", Request.Without("Host", "Host: " + host))),
        .. new[] { "localhost", "localhost:8080", "127.0.0.1", "[::1]:8080", "a.example.com" }.Select(host =>
            Accepted($"§3.2 the Host {host}", Request.Without("Host", "Host: " + host))),
        Accepted("§3.2 a Host without a space in front", Request.Without("Host", "Host:localhost")),
        Refused("an unknown path", Request.Line("GET /nowhere HTTP/1.1"), 404),
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);
}
