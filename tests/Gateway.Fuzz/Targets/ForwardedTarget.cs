using System.Net;
using Gateway.Core.Addresses;
using Gateway.Core.Handshake;
using Gateway.Core.Options;

namespace Gateway.Fuzz.Targets;

/// <summary>What proxies and clients say about whose a request is. Whatever a client sends, the nearest proxy's word about it counts.</summary>
internal sealed class ForwardedTarget : IFuzzTarget
{
    private const string Client = "203.0.113.9";

    private static readonly IPEndPoint Proxy = new(IPAddress.Parse("10.0.0.1"), 1);
    private static readonly TrustedNetworks Trusted = new(["10.0.0.0/8", "fd00::/8"]);
    private static readonly Forwarding Old = new(Trusted, ForwardedHeader.XForwardedFor);
    private static readonly Forwarding Standard = new(Trusted, ForwardedHeader.Forwarded);
    private static readonly Forwarding Either = new(Trusted, ForwardedHeader.Either);

    private static readonly string[] Nodes =
    [
        "1.2.3.4", "1.2.3.4:80", "10.0.0.9", "10.0.0.9:1", "\"[fd00::1]:80\"", "\"[2001:db8::1]\"", "[2001:db8::1]:443", "2001:db8::1", "fd00::2", "unknown",
        "_hidden", "\"1.2.3.4:_p\"", "\"", "\\\"", "01.2.3.4",
    ];

    public string Name => "forwarded";

    public IReadOnlyList<byte[]> Dictionary { get; } =
        Words.Dictionary([.. Nodes, ",", ", ", ";", "for=", "For=", "by=", "proto=https", "host=\"a,b\"", "\"", "\\", "=", "[", "]", ":", "%", " "]);

    public byte[] Generate(Random random) => Words.Latin1(string.Join(
        random.One([",", ", ", " ,, "]),
        Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(2) == 0 ? random.One(Nodes) : $"{random.One(["for", "FOR", "by"])}={random.One(Nodes)}{random.One(["", ";proto=http", ";host=\"x,y;z\""])}")));

    public string Check(ReadOnlySpan<byte> input, Random random)
    {
        var value = input.ToArray();
        foreach (ref var b in value.AsSpan())
        {
            if (!HttpSyntax.IsFieldValue([b]))
                b = (byte)'?';
        }

        var text = System.Text.Encoding.Latin1.GetString(value);
        var old = Old.Find(Request($"X-Forwarded-For: {text}\r\n"), Proxy);
        var standard = Standard.Find(Request($"Forwarded: {text}\r\n"), Proxy);
        foreach (var separator in new[] { ", ", ",", "\r\nX-Forwarded-For: " })
            Property.Equal(Client, Old.Find(Request($"X-Forwarded-For: {text}{separator}{Client}\r\n"), Proxy)?.Address.ToString(), "The proxy's word, old header");
        foreach (var separator in new[] { ", for=", ",For=\"", "\r\nForwarded: by=10.0.0.1;for=" })
        {
            var quote = separator.EndsWith('"') ? "\"" : "";
            Property.Equal(Client, Standard.Find(Request($"Forwarded: {text}{separator}{Client}{quote}\r\n"), Proxy)?.Address.ToString(), "The proxy's word, RFC 7239");
        }

        // A client behind a proxy that writes the other header only: it may hide itself, but be nobody else.
        var hidden = Either.Find(Request($"Forwarded: {text}\r\nX-Forwarded-For: {Client}\r\n"), Proxy);
        Property.Holds(hidden is null || HttpSyntax.Trim(value).IsEmpty || hidden.Address.ToString() == Client, "A client made itself another.");
        return $"old {Describe(old)}, standard {Describe(standard)}";
    }

    private static string Describe(IPEndPoint? client) => client is null ? "unknown" : Trusted.Contain(client) ? "trusted" : "known";

    private static UpgradeRequest Request(string headers) => new("/", "", "a", "", [], Words.Latin1(headers));
}
