using Gateway.Conformance.Cases;
using Gateway.Conformance.Node;
using static Gateway.Conformance.Cases.RequestCase;

namespace Gateway.Conformance.Rfc6455;

/// <summary>§4: the opening handshake, as the server reads and answers it.</summary>
public sealed class OpeningTests(NodesUnderTest nodes)
{
    private static readonly Dictionary<string, string?> AsksForVersion13 =
        new() { ["Sec-WebSocket-Version"] = "13", ["Upgrade"] = "websocket" };

    private static readonly CaseSet Cases =
    [
        Accepted("§1.3 the RFC's own key is accepted with the RFC's own proof", Request.With()),
        new RequestCase("§4.2.2-5.4 another key has another proof") { Request = Request.Without("Sec-WebSocket-Key", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw=="), Key = "x3JJHMbDL1EzLkh9GBhXDw==" },

        // §4.2.1: what the client's handshake consists of.
        Accepted("§4.2.1-1 a target with a query is one", Request.Line("GET /echo?a=b&c HTTP/1.1")),
        Accepted("§4.2.1-1 a target in absolute form is one, whose host counts", Request.Line("GET http://example.com/echo HTTP/1.1")),
        Accepted("§4.2.1-1 a target in absolute form may be a ws URI", Request.Line("GET ws://example.com/echo HTTP/1.1")),
        Accepted("§4.2.1-1 HTTP/1.1 or higher: 1.2 reads as 1.1", Request.Line("GET /echo HTTP/1.2")),
        Refused("§4.2.1-1 HTTP/1.0 is too low", Request.Line("GET /echo HTTP/1.0")),
        .. new[] { "POST", "PUT", "DELETE", "OPTIONS", "PATCH" }.Select(method =>
            Refused($"§4.2.1-1 it is a GET, not {method}", Request.Line($"{method} /echo HTTP/1.1"), 405) with { Fields = new Dictionary<string, string?> { ["Allow"] = "GET, HEAD" } }),
        Refused("§4.2.1-2 there is a Host", Request.Without("Host")),
        Refused("§4.2.1-3 there is an Upgrade", Request.Without("Upgrade"), 426) with { Fields = AsksForVersion13 },
        Refused("§4.2.1-3 Upgrade names websocket", Request.Without("Upgrade", "Upgrade: h2c"), 426) with { Fields = AsksForVersion13 },
        Refused("§4.2.1-3 websocket is the whole word", Request.Without("Upgrade", "Upgrade: websockets"), 426),
        Accepted("§4.2.1-3 websocket in any case", Request.Without("Upgrade", "Upgrade: WebSocket")),
        Accepted("§4.2.1-3 websocket among others", Request.Without("Upgrade", "Upgrade: h2c, websocket")),
        Refused("§4.2.1-4 there is a Connection", Request.Without("Connection"), 426),
        Refused("§4.2.1-4 Connection names Upgrade", Request.Without("Connection", "Connection: keep-alive"), 426),
        Accepted("§4.2.1-4 Upgrade in any case, among others", Request.Without("Connection", "Connection: keep-alive, uPGRADE")),
        Accepted("§4.2.1-4 Upgrade in a line of its own", Request.Without("Connection", "Connection: keep-alive", "Connection: Upgrade")),
        Refused("§4.2.1-5 there is a key", Request.Without("Sec-WebSocket-Key")),
        Refused("§4.2.1-5 the key is not empty", Request.Without("Sec-WebSocket-Key", "Sec-WebSocket-Key:")),
        Refused("§4.2.1-5 the key has 16 bytes, not 15", Request.Without("Sec-WebSocket-Key", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhX")),
        Refused("§4.2.1-5 the key has 16 bytes, not 17", Request.Without("Sec-WebSocket-Key", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDwA=")),
        Refused("§4.2.1-5 the key is base64", Request.Without("Sec-WebSocket-Key", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBh!!w==")),
        Refused("§4.2.1-5 the key is padded", Request.Without("Sec-WebSocket-Key", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw")),
        Refused("§11.3.1 the key stands once", Request.With("Sec-WebSocket-Key: " + Request.Key)),
        Accepted("§4.2.1-5 white space around the key is not the key", Request.Without("Sec-WebSocket-Key", $"Sec-WebSocket-Key: \t {Request.Key} \t")),
        Refused("§4.2.1-6 there is a version", Request.Without("Sec-WebSocket-Version"), 426) with { Fields = AsksForVersion13 },
        .. new[] { "0", "7", "8", "12", "14", "255", "013", "13.0", "" }.Select(version =>
            Refused($"§4.2.2-4 version '{version}' is not understood, and told which is", Request.Without("Sec-WebSocket-Version", "Sec-WebSocket-Version: " + version), 426) with { Fields = AsksForVersion13 }),
        Refused("§11.3.5 the version stands once in a request", Request.With("Sec-WebSocket-Version: 13")),
        Accepted("§4.2.1-7 an Origin is no matter of the handshake", Request.With("Origin: http://localhost")),
        Accepted("§4.2.1-10 other fields are ignored: cookies", Request.With("Cookie: a=b; c=d", "User-Agent: x", "X-Anything: \x80\xFF")),
        Accepted("§4.1 names of fields in any case", Request.Without("Upgrade", "uPgRaDe: websocket")),

        // §4.2.2-5.5 and -5.6: what the server does not use must not be in its answer.
        Accepted("§4.2.2-5.5 a subprotocol that is not known is not answered", Request.With("Sec-WebSocket-Protocol: chat, superchat")) with { Fields = Absent("Sec-WebSocket-Protocol") },
        Accepted("§4.2.2-5.5 without a subprotocol there is none", Request.With()) with { Fields = Absent("Sec-WebSocket-Protocol") },
        Refused("§4.1-10 subprotocols are tokens", Request.With("Sec-WebSocket-Protocol: a b")),
        // §4.1-10 says so to clients; these two mistakes are in ones that many have, and leave nothing in doubt.
        Accepted("§4.1-10 a subprotocol that is listed twice is listed", Request.With("Sec-WebSocket-Protocol: a, a")),
        Accepted("§4.1-10 a subprotocol that is listed twice is listed, also in two lines", Request.With("Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: a")),
        Accepted("§4.1-10 an empty list of subprotocols is none", Request.With("Sec-WebSocket-Protocol: ")) with { Fields = Absent("Sec-WebSocket-Protocol") },
        Accepted("§4.2.2-5.6 without an offer there is no extension", Request.With()) with { Fields = Absent("Sec-WebSocket-Extensions") },
        Accepted("§9.1 an extension that is not known is not answered", Request.With("Sec-WebSocket-Extensions: x-unknown; a=1; b=\"2\"")) with { Fields = Absent("Sec-WebSocket-Extensions") },
        .. new[] { ";", "a;", "a;=1", "a b", "a; b=", "a; b=\"", "a; b=\"c d\"", "a=1", "=", "a; b=c d" }.Select(value =>
            Refused($"§9.1 an offer that breaks the grammar fails the connection: {value}", Request.With("Sec-WebSocket-Extensions: " + value))),
    ];

    public static IEnumerable<TheoryDataRow<string, Endpoint, Delivery>> Rows => Cases.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Rule_HoweverItArrives_Holds(string rule, Endpoint endpoint, Delivery delivery) => Cases[rule].RunAsync(nodes, endpoint, delivery);

    private static Dictionary<string, string?> Absent(string name) => new() { [name] = null };
}
