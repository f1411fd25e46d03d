using System.Buffers.Text;
using System.Text;

namespace Gateway.Load.Client;

/// <summary>The handshake's two sides as bytes. All clients send the key of RFC 6455 §1.3: nothing in between caches on loopback.</summary>
internal static class UpgradeExchange
{
    private static ReadOnlySpan<byte> Status => "HTTP/1.1 101 "u8;

    private static ReadOnlySpan<byte> Accept => "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="u8;

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <summary>The status of a response; 0: it is none.</summary>
    public static int StatusOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("HTTP/1.1 "u8) && bytes.Length >= 12 && Utf8Parser.TryParse(bytes.Slice(9, 3), out int status, out _) ? status : 0;

    /// <summary>An offer of compression as browsers make it (RFC 7692 §7.1), for <see cref="Request"/>.</summary>
    public const string OfferDeflate = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

    /// <param name="path">What is asked for.</param>
    /// <param name="headers">Further lines, each with its end.</param>
    public static byte[] Request(string path, string headers = "") => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n");

    /// <summary>Length of the response's head; 0: it is not all there; -1: it refuses, or its accept key is wrong.</summary>
    public static int Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf(HeadEnd);
        if (end < 0)
            return 0;
        return bytes.StartsWith(Status) && bytes[..end].IndexOf(Accept) >= 0 ? end + HeadEnd.Length : -1;
    }
}
