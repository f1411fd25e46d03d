using Gateway.Core.Handshake;
using Gateway.Core.Options;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>The HTTP request that opens a connection, compared with a browser's that has as many bytes, in cookies.</summary>
internal sealed class RequestCost : ICostTarget
{
    public const string Start = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    private const int LineBytes = 8000;

    private static readonly HandshakeOptions Options = new();

    public string Name => "request";

    public int MaxBytes => 32 * 1024;

    public IReadOnlyList<byte[]> Dictionary { get; } =
        Words.Dictionary("a:\r\n", "Upgrade: a\r\n", "Connection: ,", ",", "\r\n", " ", "Host: a\r\n", "GET ", "%41", "Sec-WebSocket-Protocol: ", "Sec-WebSocket-Extensions: a;b=c", "Content-Length: 0\r\n", ";", "\"");

    public IReadOnlyList<CostCase> Worst { get; } =
    [
        new("header lines", size => Words.Latin1(Start + string.Concat(Enumerable.Repeat($"A: {new string('b', Math.Max(1, (size / 95) - 6))}\r\n", 95)) + "\r\n")),
        Lines("lists of nothing", "Connection", ","),
        Lines("lists of letters", "Connection", "a,"),
        Lines("lists of spaces", "Upgrade", " ,"),
        Lines("subprotocols", "Sec-WebSocket-Protocol", "a,"),
        Lines("extensions", "Sec-WebSocket-Extensions", "a,"),
        Lines("extensions' parameters", "Sec-WebSocket-Extensions", "a;b="),
        Lines("an extension's quoted text", "Sec-WebSocket-Extensions", "\\a", "a;b=\""),
        new("a long path", size => Words.Latin1("GET /" + string.Concat(Enumerable.Repeat("%41", Math.Min(size, LineBytes) / 3)) + " HTTP/1.1\r\n" + Start[(Start.IndexOf('\n', StringComparison.Ordinal) + 1)..] + "\r\n")),
    ];

    public byte[] Generate(Random random)
    {
        var request = Start;
        for (var lines = random.Next(20); lines > 0; lines--)
        {
            var name = random.One(["Connection", "Upgrade", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Cookie", "A"]);
            request += $"{name}: {string.Concat(Enumerable.Repeat(random.One(["a", ",", "a,", " ", "a;b=c,", "\"a\"", "x=y;", "\t,"]), random.Next(200)))}\r\n";
        }

        return Words.Latin1(request + "\r\n");
    }

    public Action Ordinary(int size) => Prepare(Words.Latin1(OrdinaryText(size)));

    public Action Prepare(byte[] input) => () => _ = Upgrade.TryRead(input, Options, out _, out _, out _, out _);

    public static string OrdinaryText(int size)
    {
        var request = Start;
        while (request.Length + 40 < size)
            request += Line("Cookie", "session0123456789=0123456789abcdef; ", Math.Min(LineBytes, size - request.Length - 4));
        return request + "\r\n";
    }

    /// <summary>A header line of about so many bytes.</summary>
    private static string Line(string name, string piece, int size, string head = "") =>
        $"{name}: {head}{string.Concat(Enumerable.Repeat(piece, Math.Max(1, (size - name.Length - head.Length - 4) / piece.Length)))}\r\n";

    private static CostCase Lines(string name, string field, string piece, string head = "") => new(name, size =>
    {
        var request = Start;
        while (request.Length + 40 < size)
            request += Line(field, piece, Math.Min(LineBytes, size - request.Length - 4), head);
        return Words.Latin1(request + "\r\n");
    });
}
