using System.Security.Cryptography;
using System.Text;

namespace Gateway.Conformance.Cases;

/// <summary>Opening handshakes (RFC 6455 §4.1), and what can be wrong with one.</summary>
internal static class Request
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ=="; // the RFC's own, §1.3

    private static readonly string[] Lines =
        ["Host: localhost", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: " + Key, "Sec-WebSocket-Version: 13"];

    /// <summary>RFC 6455 §4.2.2, number 5.4.</summary>
    public static string Accept(string key) =>
#pragma warning disable CA5350 // The RFC's choice; nothing is protected by it.
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350

    /// <summary>One that is right, with more header lines.</summary>
    public static string With(params string[] more) => Of("GET /echo HTTP/1.1", [.. Lines, .. more]);

    /// <summary>Without the lines of these names, and with others in their place.</summary>
    public static string Without(string name, params string[] instead) =>
        Of("GET /echo HTTP/1.1", [.. Lines.Where(line => !line.StartsWith(name + ":", StringComparison.Ordinal)), .. instead]);

    /// <summary>With another first line.</summary>
    public static string Line(string line) => Of(line, Lines);

    /// <summary>Any lines.</summary>
    public static string Of(string line, params string[] headers) => $"{line}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";
}
