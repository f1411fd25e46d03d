using Gateway.Core.Options;

namespace Gateway.Core.Handshake;

/// <summary>
/// A request's line and header lines over the bytes that hold them (RFC 9112 §2 to §5). What they mean is judged by <see cref="Upgrade"/>.
/// </summary>
internal readonly ref struct RequestHead
{
    private static readonly Refusal BareCarriageReturn = Refusal.BadRequest("RFC 9112 2.2: a carriage return without a line feed");
    private static readonly Refusal BareLineFeed = Refusal.BadRequest("RFC 9112 2.2: lines must end with CR LF");
    private static readonly Refusal InvalidMethod = Refusal.BadRequest("RFC 9110 9.1: the method is not a token");
    private static readonly Refusal InvalidRequestLine =
        Refusal.BadRequest("RFC 9112 3: the request line is not method, target and version with single spaces between");
    private static readonly Refusal InvalidTarget =
        Refusal.BadRequest("RFC 9112 3.2: the target holds characters that must not stand in it");
    private static readonly Refusal InvalidVersion = Refusal.BadRequest("RFC 9112 2.3: the version must be HTTP/1.1");
    private static readonly Refusal FoldedLine = Refusal.BadRequest("RFC 9112 5.2: a header line must not begin with white space");
    private static readonly Refusal InvalidHeaderName =
        Refusal.BadRequest("RFC 9112 5.1: a header line is not a name, a colon and a value");
    private static readonly Refusal InvalidHeaderValue = Refusal.BadRequest("RFC 9110 5.5: a header value holds control characters");

    private RequestHead(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, bool isHttp10, ReadOnlySpan<byte> headers)
    {
        Method = method;
        Target = target;
        IsHttp10 = isHttp10;
        HeaderLines = headers;
    }

    public ReadOnlySpan<byte> Method { get; }

    /// <summary>As it was sent; never empty.</summary>
    public ReadOnlySpan<byte> Target { get; }

    /// <summary>HTTP/1.0, in which load balancers probe; every later 1.x is read as 1.1 (RFC 9110 §2.5).</summary>
    public bool IsHttp10 { get; }

    /// <summary>The valid header lines, each with its CR LF, without the empty one.</summary>
    public ReadOnlySpan<byte> HeaderLines { get; }

    public HeaderLineEnumerator GetEnumerator() => new(HeaderLines);

    /// <summary>
    /// Reads a head line by line and refuses at the first fault, also while the rest has not come. Nearly all come in one piece; of one that
    /// does not, the header lines that are whole are not judged again, since a peer that sends byte by byte would have each read ten thousand times.
    /// </summary>
    public static HandshakeStatus TryRead(
        ReadOnlySpan<byte> input, HandshakeOptions options, ref RequestProgress progress, out RequestHead head, out Refusal? refusal, out int consumed)
    {
        head = default;
        consumed = 0;
        var at = 0;

        // RFC 9112 §2.2: at least one empty line before the request line SHOULD be passed over.
        if (input.StartsWith("\r\n"u8))
            at = 2;

        if (!TryTakeLine(input, ref at, options, options.MaxRequestLineBytes, Refusal.RequestLineTooLong, out var requestLine, out refusal))
        {
            // A peer that speaks another protocol, such as TLS, is told at its first byte; so this fault comes before those of the line's
            // end.
            if (!IsMethodPrefix(requestLine))
                refusal = InvalidMethod;
            return refusal is null ? HandshakeStatus.NeedMore : HandshakeStatus.Refused;
        }

        refusal = JudgeRequestLine(requestLine, out var method, out var target, out var isHttp10);
        if (refusal is not null)
            return HandshakeStatus.Refused;

        var firstHeader = at;
        at = Math.Max(at, progress.LineStart);
        for (int count = progress.Lines; ; count++)
        {
            var lineStart = at;
            var isAllowed = count < options.MaxHeaders; // behind the last, only the empty line
            var limit = isAllowed ? options.MaxHeaderBytes : 0;
            var tooLong = isAllowed ? Refusal.HeaderTooLong : Refusal.TooManyHeaders;
            if (!TryTakeLine(input, ref at, options, limit, tooLong, out var line, out refusal))
            {
                progress = new RequestProgress((ushort)at, (ushort)count); // 32 KiB and 1,000 lines at most
                return refusal is null ? HandshakeStatus.NeedMore : HandshakeStatus.Refused;
            }

            if (line.IsEmpty)
            {
                head = new RequestHead(method, target, isHttp10, input[firstHeader..lineStart]);
                consumed = at;
                return HandshakeStatus.Upgrade;
            }

            refusal = JudgeHeaderLine(line);
            if (refusal is not null)
                return HandshakeStatus.Refused;
        }
    }

    /// <summary>
    /// Takes a line without its end; false with a refusal when it breaks a rule, without one when it is not complete;
    /// <paramref name="line"/> is then what there is of it within the limits. Its own limit and the request's are one bound, the nearer, so
    /// that the verdict does not depend on how the bytes were cut.
    /// </summary>
    private static bool TryTakeLine(
        ReadOnlySpan<byte> input, scoped ref int at, HandshakeOptions options, int limit, Refusal tooLong,
        out ReadOnlySpan<byte> line, out Refusal? refusal)
    {
        var rest = input[at..];
        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        line = end < 0 ? rest : rest[..end];
        var left = options.MaxRequestBytes - at;
        var most = Math.Min(limit, left);
        if (line.Length > most)
        {
            line = line[..most];
            refusal = limit <= left ? tooLong : Refusal.RequestTooLarge;
            return false;
        }

        refusal = null;
        if (end < 0)
            return false;
        if (rest[end] == '\n')
            refusal = BareLineFeed;
        else if (Math.Min(rest.Length, end + 2) > left)
            refusal = Refusal.RequestTooLarge;
        else if (end + 1 < rest.Length && rest[end + 1] != '\n')
            refusal = BareCarriageReturn;
        if (refusal is not null || end + 1 == rest.Length)
            return false;
        at += end + 2;
        return true;
    }

    private static bool IsMethodPrefix(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        return line.IsEmpty || HttpSyntax.IsToken(space < 0 ? line : line[..space]);
    }

    private static Refusal? JudgeRequestLine(
        ReadOnlySpan<byte> line, out ReadOnlySpan<byte> method, out ReadOnlySpan<byte> target, out bool isHttp10)
    {
        target = default;
        isHttp10 = false;
        var space = line.IndexOf((byte)' ');
        method = space < 0 ? line : line[..space];
        if (!HttpSyntax.IsToken(method))
            return InvalidMethod;
        if (space < 0)
            return InvalidRequestLine;

        var rest = line[(space + 1)..];
        space = rest.IndexOf((byte)' ');
        if (space < 0)
            return InvalidRequestLine;
        target = rest[..space];
        if (!HttpSyntax.IsTarget(target))
            return target.IsEmpty ? InvalidRequestLine : InvalidTarget;

        // RFC 9112 §2.3: the name is case-sensitive, and RFC 9110 §2.5 makes every 1.x readable.
        var version = rest[(space + 1)..];
        isHttp10 = version.SequenceEqual("HTTP/1.0"u8);
        if (version.Length == 8 && version.StartsWith("HTTP/1."u8) && version[7] is >= (byte)'0' and <= (byte)'9')
            return null;
        return version.Contains((byte)' ') ? InvalidRequestLine : InvalidVersion;
    }

    private static Refusal? JudgeHeaderLine(ReadOnlySpan<byte> line)
    {
        // RFC 9112 §5.2: obs-fold; before the first header line, §2.2 says the same.
        if (line[0] is (byte)' ' or (byte)'\t')
            return FoldedLine;
        // RFC 9112 §5.1: white space before the colon MUST be refused; no token holds any.
        var colon = line.IndexOf((byte)':');
        if (colon < 0 || !HttpSyntax.IsToken(line[..colon]))
            return InvalidHeaderName;
        return HttpSyntax.IsFieldValue(line[(colon + 1)..]) ? null : InvalidHeaderValue;
    }
}
