using System.Text;
using Gateway.Core.Handshake;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Handshake;

/// <summary>Builds requests and reads them however they are cut.</summary>
internal static class Requests
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    /// <summary>RFC 6455 §1.3.</summary>
    public const string Example =
        "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key
        + "\r\nOrigin: http://example.com\r\nSec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n";

    /// <summary>A valid request with a line in place of the one of the same name, or without it, or with another behind.</summary>
    public static string With(string requestLine = "GET / HTTP/1.1", string? replace = null, string? without = null, string? add = null)
    {
        string[] lines = ["Host: example.com", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: " + Key, "Sec-WebSocket-Version: 13"];
        var kept = lines
            .Where(line => without is null || !line.StartsWith(without + ":", StringComparison.Ordinal))
            .Select(line => replace is not null && line.Split(':')[0] == replace.Split(':')[0] ? replace : line);
        return string.Join("\r\n", [requestLine, .. kept, .. add is null ? Array.Empty<string>() : [add], "", ""]);
    }

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Reads a request whole, in two pieces cut at every offset, and byte by byte, and expects the same each time.</summary>
    public static (UpgradeRequest? Request, Refusal? Refusal, int Consumed) Read(string text, HandshakeOptions? options = null)
    {
        var (request, _, refusal, consumed) = ReadAny(text, options);
        return (request, refusal, consumed);
    }

    /// <inheritdoc cref="Read"/>
    public static (UpgradeRequest? Request, PlainRequest? Plain, Refusal? Refusal, int Consumed) ReadAny(string text, HandshakeOptions? options = null)
    {
        options ??= new HandshakeOptions();
        var bytes = Bytes(text);
        var status = Upgrade.TryRead(bytes, options, out var request, out var plain, out var refusal, out var consumed);
        Assert.Equal(
            status,
            request is not null ? HandshakeStatus.Upgrade
            : plain is not null ? HandshakeStatus.Plain
            : refusal is not null ? HandshakeStatus.Refused
            : HandshakeStatus.NeedMore);
        var decided = false;
        var progress = default(RequestProgress);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var early = Upgrade.TryRead(bytes.AsSpan(0, cut), options, out var earlyRequest, out var earlyPlain, out var earlyRefusal, out var earlyConsumed);
            // As a connection does, which goes on where it was.
            var resumed = Upgrade.TryRead(bytes.AsSpan(0, cut), options, ref progress, out _, out _, out var resumedRefusal, out var resumedConsumed);
            Assert.Equal((early, earlyRefusal, earlyConsumed), (resumed, resumedRefusal, resumedConsumed));
            if (early == HandshakeStatus.NeedMore)
            {
                Assert.False(decided, "What has been decided stays decided.");
                Assert.Null(earlyRequest);
                Assert.Null(earlyPlain);
                Assert.Null(earlyRefusal);
                Assert.Equal(0, earlyConsumed);
                continue;
            }

            decided = true;
            Assert.Equal(status, early);
            Assert.Equal(refusal, earlyRefusal);
            Assert.Equal(plain, earlyPlain);
            Assert.Equal(consumed, earlyConsumed);
            Assert.Equal(request?.Key, earlyRequest?.Key);
        }

        Assert.Equal(status != HandshakeStatus.NeedMore, decided);
        return (request, plain, refusal, consumed);
    }

    /// <summary>Bytes after which the request is refused.</summary>
    public static int RefusedAfter(string text, HandshakeOptions? options = null)
    {
        options ??= new HandshakeOptions();
        var bytes = Bytes(text);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            if (Upgrade.TryRead(bytes.AsSpan(0, cut), options, out _, out _, out _, out _) == HandshakeStatus.Refused)
                return cut;
        }

        return -1;
    }
}
