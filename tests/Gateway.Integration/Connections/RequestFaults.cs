using System.Text;

namespace Gateway.Integration.Connections;

/// <summary>Requests that are refused, by name, with the status and what the response's head must say beside it.</summary>
internal static class RequestFaults
{
    private const string Rest = "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private static readonly string[] UpgradeRequired = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];

    public static IReadOnlyDictionary<string, (byte[] Bytes, int Status, string[] Headers)> ByName { get; } =
        All().ToDictionary(fault => fault.Name, fault => (Encoding.Latin1.GetBytes(fault.Request), fault.Status, fault.Headers));

    private static IEnumerable<(string Name, string Request, int Status, string[] Headers)> All()
    {
        // RFC 9112 §2 to §5
        yield return ("TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, []);
        yield return ("line feed alone", "GET / HTTP/1.1\nHost: localhost\n\n", 400, []);
        yield return ("carriage return alone", "GET / HTTP/1.1\rHost", 400, []);
        yield return ("HTTP/1.0", $"GET / HTTP/1.0\r\n{Rest}", 400, []);
        yield return ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, []);
        yield return ("no version", $"GET /\r\n{Rest}", 400, []);
        yield return ("two spaces", $"GET  / HTTP/1.1\r\n{Rest}", 400, []);
        yield return ("control character in the target", $"GET /\x01 HTTP/1.1\r\n{Rest}", 400, []);
        yield return ("folded header", $"GET / HTTP/1.1\r\nX: a\r\n b\r\n{Rest}", 400, []);
        yield return ("space before the colon", $"GET / HTTP/1.1\r\nX : a\r\n{Rest}", 400, []);
        yield return ("control character in a header", $"GET / HTTP/1.1\r\nX: a\0\r\n{Rest}", 400, []);
        yield return ("no host", $"GET / HTTP/1.1\r\n{Rest[(Rest.IndexOf('\n', StringComparison.Ordinal) + 1)..]}", 400, []);
        yield return ("two hosts", $"GET / HTTP/1.1\r\nHost: other\r\n{Rest}", 400, []);
        yield return ("body", $"GET / HTTP/1.1\r\nContent-Length: 5\r\n{Rest}hello", 400, []);
        yield return ("transfer encoding", $"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{Rest}5\r\nhello\r\n0\r\n\r\n", 400, []);

        // RFC 6455 §4.2.1
        yield return ("no key", $"GET / HTTP/1.1\r\n{Without("Sec-WebSocket-Key")}", 400, []);
        yield return ("two keys", $"GET / HTTP/1.1\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n{Rest}", 400, []);
        yield return ("key of 15 bytes", $"GET / HTTP/1.1\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhX\r\n{Without("Sec-WebSocket-Key")}", 400, []);
        yield return ("key not base64", $"GET / HTTP/1.1\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhX!!==\r\n{Without("Sec-WebSocket-Key")}", 400, []);
        yield return ("two versions", $"GET / HTTP/1.1\r\nSec-WebSocket-Version: 8\r\n{Rest}", 400, []);
        yield return ("no channel", $"GET /plain/ HTTP/1.1\r\n{Rest}", 404, []);
        yield return ("channel with a space", $"GET /plain/a%20b HTTP/1.1\r\n{Rest}", 400, []);
        yield return ("channel forbidden", $"GET /plain/secret:a HTTP/1.1\r\n{Rest}", 403, []);
        yield return ("unknown path", $"GET /nothing HTTP/1.1\r\n{Rest}", 404, []);
        foreach (var method in (string[])["POST", "PUT", "OPTIONS", "get", "CONNECT"])
            yield return ($"method {method}", $"{method} / HTTP/1.1\r\n{Rest}", 405, ["Allow: GET"]);
        yield return ("no upgrade", $"GET / HTTP/1.1\r\n{Without("Upgrade")}", 426, UpgradeRequired);
        yield return ("upgrade to something else", $"GET / HTTP/1.1\r\nUpgrade: h2c\r\n{Without("Upgrade")}", 426, UpgradeRequired);
        yield return ("connection without upgrade", $"GET / HTTP/1.1\r\n{Without("Connection")}", 426, UpgradeRequired);
        yield return ("no WebSocket version", $"GET / HTTP/1.1\r\n{Without("Sec-WebSocket-Version")}", 426, UpgradeRequired);
        yield return ("WebSocket version 8", $"GET / HTTP/1.1\r\nSec-WebSocket-Version: 8\r\n{Without("Sec-WebSocket-Version")}", 426, UpgradeRequired);

        // The limits
        yield return ("request line too long", $"GET /{new string('a', 9000)} HTTP/1.1\r\n{Rest}", 414, []);
        yield return ("request line without end", $"GET /{new string('a', 9000)}", 414, []);
        yield return ("header too long", $"GET / HTTP/1.1\r\nX: {new string('a', 9000)}\r\n{Rest}", 431, []);
        yield return ("too many headers", $"GET / HTTP/1.1\r\n{string.Concat(Enumerable.Repeat("X: a\r\n", 101))}{Rest}", 431, []);
        yield return ("request too large", $"GET / HTTP/1.1\r\n{string.Concat(Enumerable.Repeat($"X: {new string('a', 7000)}\r\n", 5))}{Rest}", 431, []);
    }

    private static string Without(string header) => string.Join("\r\n", Rest.Split("\r\n").Where(line => !line.StartsWith(header + ":", StringComparison.Ordinal)));
}
