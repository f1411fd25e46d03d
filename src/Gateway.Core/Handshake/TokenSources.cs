using Gateway.Core.Options;

namespace Gateway.Core.Handshake;

/// <summary>
/// The places of a request that a token may stand in: the <c>Authorization</c> header (RFC 6750 §2.1), a query parameter (§2.3), a cookie,
/// and the list of subprotocols, which is all that a page can set of a WebSocket's headers. Where a place is there and holds nothing, the token
/// is an empty one, which is no good: a client that meant to say who it is must not become anybody.
/// </summary>
internal sealed class TokenSources(AuthOptions options)
{
    /// <summary>What stands before a token in the list of subprotocols. It is never chosen, and so never in the response.</summary>
    public const string SubprotocolPrefix = "gateway.token.";

    private const string Scheme = "Bearer";

    /// <summary>Finds the request's token. False: it has several that differ.</summary>
    public bool TryFind(UpgradeRequest request, out string? token)
    {
        token = null;
        return FromHeader(request, ref token) && FromSubprotocols(request, ref token) && FromQuery(request, ref token) && FromCookie(request, ref token);
    }

    /// <summary>Another scheme is none of ours: a proxy in front may want one.</summary>
    private static bool FromHeader(UpgradeRequest request, ref string? token)
    {
        if (request.Header("Authorization") is not { } value)
            return true;
        // Several lines are joined by commas, and no token holds one.
        foreach (var part in value.AsSpan().Split(','))
        {
            var credentials = value.AsSpan(part).Trim();
            // RFC 9110 §11.1: the scheme's case does not count. What follows it may be nothing at all.
            var isOurs = credentials.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (credentials.Length == Scheme.Length || char.IsWhiteSpace(credentials[Scheme.Length]));
            if (isOurs && !Take(credentials[Scheme.Length..].Trim().ToString(), ref token))
                return false;
        }

        return true;
    }

    private static bool FromSubprotocols(UpgradeRequest request, ref string? token)
    {
        foreach (var name in request.Subprotocols)
        {
            if (name.StartsWith(SubprotocolPrefix, StringComparison.Ordinal) && !Take(name[SubprotocolPrefix.Length..], ref token))
                return false;
        }

        return true;
    }

    private bool FromQuery(UpgradeRequest request, ref string? token)
    {
        if (options.TokenParameter.Length == 0 || request.Query.Length == 0)
            return true;
        foreach (var part in request.Query.AsSpan().Split('&'))
        {
            // One without a sign is as one with nothing behind it (WHATWG URL, application/x-www-form-urlencoded).
            var pair = request.Query.AsSpan(part);
            var equals = pair.IndexOf('=');
            if (IsTokenParameter(equals < 0 ? pair : pair[..equals]) && !Take(equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]), ref token))
                return false;
        }

        return true;
    }

    /// <summary>Percent-decoded only where it could be the one: a query may hold thousands of names.</summary>
    private bool IsTokenParameter(ReadOnlySpan<char> name) =>
        name.SequenceEqual(options.TokenParameter)
        || (name.Length > options.TokenParameter.Length && name.Length <= 3 * options.TokenParameter.Length && name.Contains('%')
            && Uri.UnescapeDataString(name) == options.TokenParameter);

    private bool FromCookie(UpgradeRequest request, ref string? token)
    {
        if (options.Cookie.Length == 0 || request.Header("Cookie") is not { } cookies)
            return true;
        // RFC 6265 §4.2.1; HTTP/1.1 has one line of them, and what is no browser may send two, joined by a comma.
        foreach (var part in cookies.AsSpan().SplitAny(';', ','))
        {
            var pair = cookies.AsSpan(part);
            var equals = pair.IndexOf('=');
            if (equals > 0 && pair[..equals].Trim().SequenceEqual(options.Cookie) && !Take(pair[(equals + 1)..].Trim().Trim('"').ToString(), ref token))
                return false;
        }

        return true;
    }

    private static bool Take(string found, ref string? token)
    {
        var isSame = token is null || string.Equals(token, found, StringComparison.Ordinal);
        token ??= found;
        return isSame;
    }
}
