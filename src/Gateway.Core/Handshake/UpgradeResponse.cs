using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Handshake;

/// <summary>The bytes that answer a request, RFC 6455 §4.2.2 and RFC 9110.</summary>
internal static class UpgradeResponse
{
    // §1.3.
    private static ReadOnlySpan<byte> KeySuffix => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>The answer that opens the WebSocket.</summary>
    /// <param name="request">The request.</param>
    /// <param name="subprotocol">One of the request's, or null.</param>
    /// <param name="extensions">What was agreed to, or null.</param>
    public static byte[] Accept(UpgradeRequest request, string? subprotocol, string? extensions)
    {
        var response = new StringBuilder(256)
            .Append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
            .Append(AcceptKey(request.Key))
            .Append("\r\n");
        if (subprotocol is not null)
            response.Append("Sec-WebSocket-Protocol: ").Append(subprotocol).Append("\r\n");
        if (extensions is not null)
            response.Append("Sec-WebSocket-Extensions: ").Append(extensions).Append("\r\n");
        return Encoding.ASCII.GetBytes(response.Append("\r\n").ToString());
    }

    /// <summary>The answer that ends the connection: a status, what its definition demands, and the reason as a line of text.</summary>
    /// <param name="refusal">The answer.</param>
    /// <param name="now">For <c>Date</c>, which only a 5xx may lack (RFC 9110 §6.6.1).</param>
    public static byte[] Refuse(Refusal refusal, DateTimeOffset? now = null)
    {
        var response = Begin(refusal.Status, "text/plain; charset=utf-8", refusal.Reason + "\n", now);
        switch (refusal.Status)
        {
            case 405: // RFC 9110 §15.5.6
                response.Append("Allow: GET, HEAD\r\nConnection: close\r\n");
                break;
            case 426: // RFC 9110 §15.5.22 and §7.8, which wants Upgrade named in Connection; RFC 6455 §4.4
                response.Append("Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n");
                break;
            default:
                response.Append("Connection: close\r\n");
                break;
        }

        if (refusal.Challenge is { } challenge)
            response.Append("WWW-Authenticate: ").Append(challenge).Append("\r\n");
        if (refusal.RetryAfterSeconds is { } seconds)
            response.Append(CultureInfo.InvariantCulture, $"Retry-After: {seconds}\r\n");
        return End(response, refusal.OmitsBody ? "" : refusal.Reason + "\n");
    }

    /// <summary>A page; the connection ends with it.</summary>
    public static byte[] Page(HttpPage page, bool isHead, DateTimeOffset now)
    {
        // Nothing may be loaded by the page or guessed about it: it stands on a site that is somebody else's.
        var response = Begin(page.Status, page.ContentType, page.Content, now)
            .Append("Connection: close\r\nX-Content-Type-Options: nosniff\r\n")
            .Append("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n");
        return End(response, isHead ? "" : page.Content);
    }

    /// <summary>What proves that the server understood the key, §4.2.2 5.4.</summary>
    public static string AcceptKey(string key)
    {
        Span<byte> text = stackalloc byte[128];
        if (Encoding.ASCII.GetByteCount(key) + KeySuffix.Length > text.Length)
            throw new ArgumentException("A key has 24 characters.", nameof(key));
        var length = Encoding.ASCII.GetBytes(key, text);
        KeySuffix.CopyTo(text[length..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The protocol's choice; it protects nothing.
        SHA1.HashData(text[..(length + KeySuffix.Length)], hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    /// <summary>What every answer with content has; also the one to HEAD, whose content is left out (RFC 9110 §9.3.2).</summary>
    private static StringBuilder Begin(int status, string contentType, string content, DateTimeOffset? now)
    {
        var response = new StringBuilder(512)
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {Phrase(status)}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: {contentType}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(content)}\r\n")
            .Append("Cache-Control: no-store\r\n");
        if (now is { } date)
            response.Append(CultureInfo.InvariantCulture, $"Date: {date:R}\r\n"); // IMF-fixdate, RFC 9110 §5.6.7
        return response;
    }

    private static byte[] End(StringBuilder response, string content) =>
        Encoding.UTF8.GetBytes(response.Append("\r\n").Append(content).ToString());

    private static string Phrase(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        414 => "URI Too Long",
        421 => "Misdirected Request",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Error",
    };
}
