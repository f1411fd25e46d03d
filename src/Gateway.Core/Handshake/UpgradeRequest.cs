using System.Text;

namespace Gateway.Core.Handshake;

/// <summary>
/// A valid request to upgrade. It keeps a copy of the header lines and makes strings of them when they are asked for, since most never are.
/// </summary>
internal sealed class UpgradeRequest
{
    private readonly byte[] _headerLines; // valid lines, each with its CR LF

    public UpgradeRequest(string path, string query, string host, string key, IReadOnlyList<string> subprotocols, byte[] headerLines)
    {
        Path = path;
        Query = query;
        Host = host;
        Key = key;
        Subprotocols = subprotocols;
        _headerLines = headerLines;
    }

    /// <summary>As it was sent, not decoded; begins with <c>/</c>.</summary>
    public string Path { get; }

    /// <summary>What follows the first <c>?</c>, not decoded; empty when there is none.</summary>
    public string Query { get; }

    /// <summary>Host and port that the client meant.</summary>
    public string Host { get; }

    /// <summary>The page's origin, which browsers always send (RFC 6455 §10.2).</summary>
    public string? Origin => Header("Origin");

    /// <summary><c>Sec-WebSocket-Key</c>.</summary>
    public string Key { get; }

    /// <summary>What the client would speak, in its order of preference.</summary>
    public IReadOnlyList<string> Subprotocols { get; }

    /// <summary>What all <c>Sec-WebSocket-Extensions</c> lines offer, which may be several (RFC 6455 §9.1), in the client's order of preference.</summary>
    public IReadOnlyList<ExtensionOffer> Offers { get; init; } = [];

    /// <summary>All header lines in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers
    {
        get
        {
            var headers = new List<KeyValuePair<string, string>>();
            foreach (var line in new HeaderLineEnumerator(_headerLines))
                headers.Add(new(Encoding.ASCII.GetString(line.Name), Decode(line.Value)));
            return headers;
        }
    }

    /// <summary>
    /// A header's value, whatever the name's case; several lines are joined by <c>", "</c> (RFC 9110 §5.2). Null when there is none: an empty
    /// one, as proxies write that take a header away, is as good as none.
    /// </summary>
    public string? Header(string name)
    {
        string? value = null;
        StringBuilder? several = null; // joined once: a client decides how many there are
        foreach (var line in new HeaderLineEnumerator(_headerLines))
        {
            if (line.Value.IsEmpty || !Ascii.EqualsIgnoreCase(line.Name, name))
                continue;
            if (value is null)
                value = Decode(line.Value);
            else
                (several ??= new StringBuilder(value)).Append(", ").Append(Decode(line.Value));
        }

        return several?.ToString() ?? value;
    }

    // RFC 9110 §5.5: bytes above ASCII are opaque; Latin-1 is the one reading that loses none of them.
    private static string Decode(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value);
}
