using System.Text;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Protocols.Plain;

namespace Gateway.Fuzz.Targets;

/// <summary>The HTTP request that opens a connection, and the answer to it.</summary>
internal sealed class RequestTarget : IFuzzTarget
{
    private const int MaxResponseBytes = 2048;

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "get", "OPTIONS"];
    private static readonly string[] Targets = ["/", "/ws", "/plain/a,b%20c", "/plain/%", "http://a/", "wss://[::1]:80/x?y", "//", "/?", "*", "a"];
    private static readonly string[] Versions = ["HTTP/1.1", "HTTP/1.0", "HTTP/1.9", "HTTP/2.0", "http/1.1"];

    private static readonly string[] Required =
        ["Host: a", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"];

    private static readonly string[] More =
    [
        "Content-Length: 0", "Sec-WebSocket-Protocol: gateway.v1, a", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits", "Origin: https://a",
        "X-Forwarded-For: 1.2.3.4, 10.0.0.1", "Forwarded: for=\"[::1]:1\"", "Cookie: a=b", "Empty:", "A: \u00E4",
        "Content-Length: 5", "Transfer-Encoding: chunked", "Sec-WebSocket-Version: 8", " folded", "Bad Name: a", "Host: b",
    ];

    // Small ones, so that inputs of a few hundred bytes reach every limit.
    private static readonly HandshakeOptions[] Limits =
    [
        new(),
        new() { MaxRequestLineBytes = 256, MaxHeaderBytes = 256, MaxHeaders = 8, MaxRequestBytes = 512 },
    ];

    public string Name => "request";

    public IReadOnlyList<byte[]> Dictionary { get; } = Words.Dictionary(
        [.. Methods, .. Targets, .. Versions, .. Required, .. More, "\r\n", "\r\n\r\n", "\r", "\n", " ", "\t", ":", ": ", ",", "\0", "%00", "HTTP/1.", "://", new string('x', 250)]);

    public byte[] Generate(Random random)
    {
        var lines = new List<string>();
        var isPlain = random.Next(4) == 0;
        foreach (var line in (isPlain ? Required[..1] : Required).Where(_ => random.Next(40) > 0))
        {
            lines.Add(random.Next(8) == 0 && !line.Contains("Key", StringComparison.Ordinal) ? line.ToUpperInvariant() : line);
            if (random.Next(4) == 0)
                lines.Insert(random.Next(lines.Count), random.Mostly(9, More));
        }

        var requestLine = $"{random.Mostly(isPlain ? 2 : 1, Methods)} {random.Mostly(8, Targets)} {random.Mostly(isPlain ? 2 : 1, Versions)}";
        return Words.Latin1($"{requestLine}\r\n{string.Join("\r\n", lines)}\r\n\r\n{(random.Next(4) == 0 ? "\u0081\u0080abcd" : "")}");
    }

    public string Check(ReadOnlySpan<byte> input, Random random)
    {
        var options = random.One(Limits);
        var whole = Read(input, options);
        var isDecided = false;
        var progress = default(RequestProgress);
        foreach (var cut in Cuts.Of(Math.Min(input.Length, 1024), random))
        {
            var early = Read(input[..cut], options);
            // As a connection does, which goes on where it was.
            var resumed = Upgrade.TryRead(input[..cut], options, ref progress, out _, out _, out var refusal, out var consumed);
            Property.Equal((early.Status, early.Refusal, early.Consumed), (resumed, refusal, consumed), "Verdict of one that goes on");
            if (early.Status == HandshakeStatus.NeedMore)
            {
                Property.Holds(!isDecided, "What has been decided is undecided after more bytes.");
                continue;
            }

            isDecided = true;
            Property.Equal(whole.Status, early.Status, "Status after a part");
            Property.Equal(whole.Refusal, early.Refusal, "Refusal after a part");
            Property.Equal(whole.Plain, early.Plain, "Plain request after a part");
            Property.Equal(whole.Consumed, early.Consumed, "Bytes consumed after a part");
            Property.Equal(whole.Request?.Key, early.Request?.Key, "Key after a part");
        }

        Property.Holds(whole.Status != HandshakeStatus.NeedMore || input.Length <= options.MaxRequestBytes, "More is wanted above the limit.");
        Property.Holds(whole.Consumed <= input.Length, "More was consumed than there is.");
        return Answer(whole, input.Length);
    }

    private static string Answer(Outcome outcome, int inputBytes)
    {
        switch (outcome.Status)
        {
            case HandshakeStatus.NeedMore:
                return "incomplete";
            case HandshakeStatus.Plain:
                Property.Holds(outcome.Plain!.Path.StartsWith('/'), "A path begins with '/'.");
                return "plain";
            case HandshakeStatus.Refused:
                var refusal = UpgradeResponse.Refuse(outcome.Refusal!, DateTimeOffset.UnixEpoch);
                ExpectOneResponse(refusal);
                return $"refused {outcome.Refusal!.Status}";
            default:
                var request = outcome.Request!;
                Property.Holds(request.Path.StartsWith('/') && request.Path.Length + request.Query.Length <= inputBytes, "A path is a part of the request.");
                Property.Holds(request.Headers.Count >= Required.Length, "An upgrade needs its headers.");
                _ = PlainPath.TryParse(request.Path.AsSpan(1), 1000, out _, out _);
                ExpectOneResponse(UpgradeResponse.Accept(request, request.Subprotocols.FirstOrDefault(name => name.Length < 64), null));
                return "upgrade";
        }
    }

    /// <summary>Nothing of the request may end a line of the answer.</summary>
    private static void ExpectOneResponse(byte[] response)
    {
        Property.Holds(response.Length <= MaxResponseBytes, "An answer is short.");
        var text = Encoding.UTF8.GetString(response);
        var head = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Property.Holds(head.Split("\r\n").Skip(1).All(line => line.Contains(": ", StringComparison.Ordinal)), "Every line of the answer is a header.");
    }

    private static Outcome Read(ReadOnlySpan<byte> input, HandshakeOptions options)
    {
        var status = Upgrade.TryRead(input, options, out var request, out var plain, out var refusal, out var consumed);
        var results = (request is null ? 0 : 1) + (plain is null ? 0 : 1) + (refusal is null ? 0 : 1);
        Property.Equal(status == HandshakeStatus.NeedMore ? 0 : 1, results, "Results of a verdict");
        return new Outcome(status, request, plain, refusal, consumed);
    }

    private readonly record struct Outcome(HandshakeStatus Status, UpgradeRequest? Request, PlainRequest? Plain, Refusal? Refusal, int Consumed);
}
