using System.Net;
using Gateway.Core.Addresses;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Protocols.Json;
using Gateway.Core.Protocols.Plain;

namespace Gateway.Fuzz.Cost.Targets;

/// <summary>
/// A part of a request that somebody takes apart: the request is read and then the part, compared with one of the same size that has the bytes
/// in a cookie instead.
/// </summary>
internal sealed class HeaderCost : ICostTarget
{
    private const int LineBytes = 8000;

    private static readonly HandshakeOptions Options = new();
    private static readonly IPEndPoint Proxy = new(IPAddress.Parse("10.0.0.1"), 1);
    private static readonly TrustedNetworks Trusted = new(["10.0.0.0/8"]);
    private static readonly Forwarding Old = new(Trusted, ForwardedHeader.XForwardedFor);
    private static readonly Forwarding Standard = new(Trusted, ForwardedHeader.Forwarded);
    private static readonly TokenSources Sources = new(new AuthOptions { Cookie = "sid" });

    private readonly Func<string, string> _request;
    private readonly Action<UpgradeRequest> _read;
    private readonly string[] _pieces;

    private HeaderCost(string name, Func<string, string> request, Action<UpgradeRequest> read, int maxBytes, params string[] pieces)
    {
        (Name, _request, _read, MaxBytes, _pieces) = (name, request, read, maxBytes, pieces);
        Dictionary = Words.Dictionary([.. pieces, ",", ";", "=", "\"", "\\", " ", "%", "a"]);
        Worst = [.. pieces.Select(piece => CostCase.Of($"'{piece}'", "", piece))];
    }

    /// <summary>One for each part.</summary>
    public static IReadOnlyList<ICostTarget> All { get; } =
    [
        Line("extensions", "Sec-WebSocket-Extensions", static request => _ = DeflateAgreement.Negotiate(request.Offers, true, 15), "a,", "a;b,", "a;b=c;", "permessage-deflate;client_max_window_bits=8,", "permessage-deflate,", ",", "a;b=\"\\c\","),
        Line("subprotocols", "Sec-WebSocket-Protocol", static request => _ = JsonProtocol.Subprotocol(request.Subprotocols), "a,", ",", " ,", "gateway.token.a,"),
        Line("authorization", "Authorization", Token, ",", "a,", "Bearer a,", "Bearer ,"),
        Line("cookie", "Cookie", Token, ";", "a=b;", "sid=a;", "sid=;", "=;", "sid,", " sid = \"a\" ;"),
        Line("x-forwarded-for", "X-Forwarded-For", static request => _ = Old.Find(request, Proxy), "10.0.0.1,", ",", "a,", "[fd00::1]:80,", "10.0.0.1:1 , "),
        Line("forwarded", "Forwarded", static request => _ = Standard.Find(request, Proxy), "for=10.0.0.1,", ";,", ",", "\"", "a;", "for=\"10.0.0.1\";by=a,", "\\"),
        new HeaderCost("query", static value => RequestCost.Start.Replace("/ws", "/ws?" + Visible(value, LineBytes), StringComparison.Ordinal) + "\r\n", Token, LineBytes, "&", "a=&", "token=a&", "token=&", "%74oken=a&", "%74%6F%6B%65%6E=%41&", "token=%41&", "%=&"),
        new HeaderCost("plain-path", static value => RequestCost.Start.Replace("/ws", "/plain/" + Visible(value, LineBytes), StringComparison.Ordinal) + "\r\n", Plain, LineBytes, "a,", "%61,", "%61", "%C3%A4,", "abcdefgh,", ","),
    ];

    public string Name { get; }

    public int MaxBytes { get; }

    public IReadOnlyList<byte[]> Dictionary { get; }

    public IReadOnlyList<CostCase> Worst { get; }

    public byte[] Generate(Random random) =>
        Words.Latin1(string.Concat(Enumerable.Range(0, random.Next(1, 400)).Select(_ => random.Next(3) == 0 ? random.One(_pieces) + random.Next(5000) : random.One(_pieces))));

    // What such a part is made of at its longest: a list of names, where it is one that is read by all means.
    public Action Ordinary(int size) => Name == "plain-path"
        ? Prepare(Words.Latin1(string.Join(',', Enumerable.Range(0, Math.Max(1, size / 17)).Select(number => $"chat:room-{number:D6}"))))
        : Reading(RequestCost.OrdinaryText(RequestCost.Start.Length + size + 4));

    public Action Prepare(byte[] input) => Reading(_request(System.Text.Encoding.Latin1.GetString(input)));

    private Action Reading(string request)
    {
        var bytes = Words.Latin1(request);
        return () =>
        {
            if (Upgrade.TryRead(bytes, Options, out var read, out _, out _, out _) == HandshakeStatus.Upgrade)
                _read(read!);
        };
    }

    private static HeaderCost Line(string name, string field, Action<UpgradeRequest> read, params string[] pieces) => new(
        name,
        value => RequestCost.Start + string.Concat(FieldValue(value).Chunk(LineBytes).Select(line => $"{field}: {new string(line)}\r\n")) + "\r\n",
        read,
        3 * LineBytes,
        pieces);

    private static void Token(UpgradeRequest request) => _ = Sources.TryFind(request, out _);

    private static void Plain(UpgradeRequest request)
    {
        if (request.Path.Length > 7)
            _ = PlainPath.TryParse(request.Path.AsSpan(7), new LimitOptions().MaxSubscriptions, out _, out _);
    }

    private static string FieldValue(string text) => new([.. text.Select(letter => letter is '\t' or (>= ' ' and not '\u007F') ? letter : '?')]);

    private static string Visible(string text, int most) => new([.. text.Take(most).Select(letter => letter is > ' ' and < '\u007F' and not '#' and not '?' ? letter : '.')]);
}
