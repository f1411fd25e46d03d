using System.Buffers.Text;
using System.Text;
using Gateway.Core.Options;

namespace Gateway.Core.Handshake;

/// <summary>Reads and judges the request that opens a WebSocket, RFC 6455 §4.2.1, and tells it from those that ask for a page.</summary>
internal static class Upgrade
{
    private const int KeyLength = 24; // 16 bytes in base64
    private const int NonceLength = 16;

    // A page names what it speaks, and a token beside it.
    private const int MaxSubprotocols = 64;

    private static readonly Refusal InvalidTargetForm =
        Refusal.BadRequest("RFC 6455 4.2.1: the target must be a path or an http, https, ws or wss URI");
    private static readonly Refusal InvalidHost = Refusal.BadRequest("RFC 9112 3.2: there must be one valid Host header");
    private static readonly Refusal HasBody = Refusal.BadRequest("a request must not have a body");
    private static readonly Refusal InvalidHttpVersion = Refusal.BadRequest("RFC 6455 4.2.1: the version must be HTTP/1.1");
    private static readonly Refusal InvalidVersion = Refusal.BadRequest("RFC 6455 4.1: there must be one Sec-WebSocket-Version header");
    private static readonly Refusal InvalidKey =
        Refusal.BadRequest("RFC 6455 4.2.1: there must be one Sec-WebSocket-Key header of 16 bytes in base64");
    private static readonly Refusal InvalidSubprotocols =
        Refusal.BadRequest("RFC 6455 4.1: Sec-WebSocket-Protocol must be a list of tokens, 64 at most");
    private static readonly Refusal InvalidExtensions =
        Refusal.BadRequest("RFC 6455 9.1: Sec-WebSocket-Extensions must be a list of tokens with parameters, 16 at most, each with 16 at most");

    /// <summary>
    /// Reads a request. Incremental in that it is called again with the same bytes and more; syntax and limits are judged as soon as they
    /// are broken.
    /// </summary>
    /// <param name="input">All that came since the connection's begin.</param>
    /// <param name="options">The limits.</param>
    /// <param name="progress">How far it was judged when less of it was there.</param>
    /// <param name="request">The request, on <see cref="HandshakeStatus.Upgrade"/>.</param>
    /// <param name="plain">The request, on <see cref="HandshakeStatus.Plain"/>.</param>
    /// <param name="refusal">The answer, on <see cref="HandshakeStatus.Refused"/>.</param>
    /// <param name="consumed">The request's size, on <see cref="HandshakeStatus.Upgrade"/>: what stands behind it are frames.</param>
    public static HandshakeStatus TryRead(
        ReadOnlySpan<byte> input,
        HandshakeOptions options,
        ref RequestProgress progress,
        out UpgradeRequest? request,
        out PlainRequest? plain,
        out Refusal? refusal,
        out int consumed)
    {
        request = null;
        plain = null;
        var status = RequestHead.TryRead(input, options, ref progress, out var head, out refusal, out consumed);
        if (status == HandshakeStatus.Upgrade)
        {
            refusal = Judge(head, out request, out plain);
            status = refusal is not null ? HandshakeStatus.Refused : plain is not null ? HandshakeStatus.Plain : HandshakeStatus.Upgrade;
        }

        if (status != HandshakeStatus.Refused)
            return status;
        consumed = 0;
        // RFC 9110 §9.3.2: also when a line behind this one is at fault.
        if (input.StartsWith("HEAD "u8) || input.StartsWith("\r\nHEAD "u8))
            refusal = refusal! with { OmitsBody = true };
        return status;
    }

    /// <summary>The same, of a request that nothing is known of.</summary>
    public static HandshakeStatus TryRead(
        ReadOnlySpan<byte> input, HandshakeOptions options, out UpgradeRequest? request, out PlainRequest? plain, out Refusal? refusal, out int consumed)
    {
        var progress = default(RequestProgress);
        return TryRead(input, options, ref progress, out request, out plain, out refusal, out consumed);
    }

    private static Refusal? Judge(RequestHead head, out UpgradeRequest? request, out PlainRequest? plain)
    {
        request = null;
        plain = null;
        // RFC 9110 §9.1: methods are case-sensitive.
        var isHead = head.Method.SequenceEqual("HEAD"u8);
        if (!isHead && !head.Method.SequenceEqual("GET"u8))
            return Refusal.MethodNotAllowed;

        var fields = new UpgradeFields(head);

        // RFC 9112 §3.2: exactly one Host, also when the target names another, which then counts. HTTP/1.0 knew none.
        if (fields.Hosts > 1 || (fields.Hosts == 1 ? !RequestTarget.IsHost(fields.Host) : !head.IsHttp10))
            return InvalidHost;
        if (!RequestTarget.TryParse(head.Target, out var target))
            return InvalidTargetForm;

        // RFC 9112 §6: a body that someone in front understands differently is how requests are smuggled. None of these has one.
        if (fields.HasBody)
            return HasBody;

        // §4.2.1 1: a WebSocket is a GET's; RFC 9110 §7.8: an Upgrade that cannot be done may be ignored, and here it is with HEAD.
        if (isHead || !fields.MentionsWebSocket)
        {
            var host = target.Host.IsEmpty ? fields.Host : target.Host;
            plain = new PlainRequest(Encoding.ASCII.GetString(target.Path), host.IsEmpty ? null : Encoding.ASCII.GetString(host), isHead);
            return null;
        }

        // RFC 9110 §7.8: Upgrade means nothing in HTTP/1.0; a client that sends it stands behind a proxy that must be told to speak 1.1.
        if (head.IsHttp10)
            return InvalidHttpVersion;

        // §4.2.1 3 and 4.
        if (!fields.UpgradesToWebSocket || !fields.ConnectionUpgrades)
            return Refusal.UpgradeRequired;

        // §4.2.1 6 and §4.4. Before the key: the drafts that lack it lack the version as well, and 426 tells them what to do.
        if (fields.Versions > 1)
            return InvalidVersion;
        if (!fields.Version.SequenceEqual("13"u8))
            return Refusal.VersionNotSupported;

        // §4.2.1 5.
        if (fields.Keys != 1 || !IsKey(fields.Key))
            return InvalidKey;

        if (!TryReadSubprotocols(head, out var subprotocols))
            return InvalidSubprotocols;

        // §9.1: what does not conform to the grammar fails the connection. An offer that does, and makes no sense, is declined later.
        var offers = new List<ExtensionOffer>();
        foreach (var line in head)
        {
            if (line.Is("Sec-WebSocket-Extensions"u8) && !ExtensionOffer.TryParseList(line.Value, offers))
                return InvalidExtensions;
        }

        request = new UpgradeRequest(
            Encoding.ASCII.GetString(target.Path),
            Encoding.ASCII.GetString(target.Query),
            Encoding.ASCII.GetString(target.Host.IsEmpty ? fields.Host : target.Host),
            Encoding.ASCII.GetString(fields.Key),
            subprotocols,
            head.HeaderLines.ToArray())
        {
            Offers = offers,
        };
        return null;
    }

    private static bool IsKey(ReadOnlySpan<byte> key) =>
        key.Length == KeyLength && Base64.IsValid(key, out var decoded) && decoded == NonceLength;

    /// <summary>
    /// §4.1 10 and §11.3.4: tokens, in one line or several. An empty list is none, as React Native sends it for no wish, and what stands there twice
    /// stands there once.
    /// </summary>
    private static bool TryReadSubprotocols(RequestHead head, out IReadOnlyList<string> subprotocols)
    {
        List<string>? names = null;
        HashSet<string>? seen = null;
        var listed = 0;
        subprotocols = [];
        foreach (var line in head)
        {
            if (!line.Is("Sec-WebSocket-Protocol"u8))
                continue;
            names ??= [];
            seen ??= new(StringComparer.Ordinal);
            var list = line.Value;
            while (HttpSyntax.TryTakeElement(ref list, out var element))
            {
                if (listed++ == MaxSubprotocols || !HttpSyntax.IsToken(element))
                    return false;
                var name = Encoding.ASCII.GetString(element);
                if (seen.Add(name))
                    names.Add(name);
            }
        }

        subprotocols = names ?? [];
        return true;
    }
}
