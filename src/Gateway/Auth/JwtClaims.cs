using System.Text.Json;
using Gateway.Core.Access;
using Gateway.Core.Json;

namespace Gateway.Auth;

/// <summary>Makes an identity of a token's claims (RFC 7519 §4), or says which of them is wrong.</summary>
/// <param name="time">Clock.</param>
/// <param name="skew">How far the issuer's may be ahead of it.</param>
internal sealed class JwtClaims(TimeProvider time, TimeSpan skew)
{
    /// <summary>Longest user and token id: both become part of keys.</summary>
    private const int MaxNameLength = 255;

    // What patterns can refer to. A page's picture and the like are of no use there.
    private const int MaxOthers = 32, MaxOtherName = 64, MaxOtherText = 256;

    private static readonly JsonDocumentOptions Strictly = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private static readonly HashSet<string> Known = ["sub", "iss", "aud", "exp", "nbf", "iat", "jti", "channels", "limits"];

    private static readonly TokenVerdict NotJson = TokenVerdict.Refused(TokenFault.Malformed, "the token's payload is no JSON object, or says something twice");

    /// <param name="payload">JSON, as it was sent; its signature is right.</param>
    public TokenVerdict Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonReading.ReadDocument(payload, Strictly);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : NotJson;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return NotJson; // the last: half of a surrogate pair, escaped
        }
    }

    private TokenVerdict Read(JsonElement claims)
    {
        if (!TryReadTime(claims, "exp", out var expires) || !TryReadTime(claims, "nbf", out var begins) || !TryReadTime(claims, "iat", out var issued))
            return Wrong("claims exp, nbf and iat must be numbers, seconds since 1970");
        var now = time.GetUtcNow();
        if (now >= expires)
            return TokenVerdict.Refused(TokenFault.Expired, "the token has expired");
        if (begins > now + skew)
            return TokenVerdict.Refused(TokenFault.NotYetValid, "the token is not valid yet (nbf)");
        // RFC 7519 sets no rule for it; a token of tomorrow would outlive every revocation.
        if (issued > now + skew)
            return TokenVerdict.Refused(TokenFault.NotYetValid, "the token is issued in the future (iat)");
        return Identify(claims, out var problem, expires, issued) is { } identity ? new TokenVerdict(identity, "") : Wrong(problem);
    }

    /// <summary>Who a client is whose token says this, whenever it does. Null: a claim is not what it must be.</summary>
    /// <param name="claims">An object.</param>
    /// <param name="problem">Which claim, and what it must be.</param>
    /// <param name="expires">When the token does; null: never.</param>
    /// <param name="issued">When the token was; null: it does not say.</param>
    public static ClientIdentity? Identify(JsonElement claims, out string problem, DateTimeOffset? expires = null, DateTimeOffset? issued = null)
    {
        problem = "";
        if (Text(claims, "sub") is not { Length: > 0 and <= MaxNameLength } subject)
            problem = $"claim sub must be the user, a text of 1 to {MaxNameLength} characters";
        else if (claims.TryGetGiven("jti", out var id) && (id.ValueKind != JsonValueKind.String || id.GetString() is not { Length: > 0 and <= MaxNameLength }))
            problem = $"claim jti must be a text of 1 to {MaxNameLength} characters";
        else if (GrantClaims.Read(claims, out var grants) is { } wrongGrant)
            problem = wrongGrant;
        else if (LimitClaims.Read(claims, out var limits) is { } wrongLimit)
            problem = wrongLimit;
        else
            return new ClientIdentity { Subject = subject, ExpiresAt = expires, IssuedAt = issued, TokenId = Text(claims, "jti"), Grants = grants, Limits = limits, Claims = Others(claims) };
        return null;
    }

    /// <summary>Those beyond the bounds are left out: a pattern that refers to one matches nothing.</summary>
    private static Dictionary<string, string> Others(JsonElement claims)
    {
        var others = new Dictionary<string, string>();
        foreach (var claim in claims.EnumerateObject())
        {
            if (Known.Contains(claim.Name) || claim.Name.Length > MaxOtherName)
                continue;
            var text = claim.Value.ValueKind switch
            {
                JsonValueKind.String => claim.Value.GetString()!,
                JsonValueKind.Number => claim.Value.GetRawText(),
                _ => null,
            };
            if (text?.Length <= MaxOtherText && others.Count < MaxOthers)
                others.Add(claim.Name, text);
        }

        return others;
    }

    /// <summary>§2, NumericDate: seconds, with or without decimals. Null: there is none. False: it is something else.</summary>
    private static bool TryReadTime(JsonElement claims, string name, out DateTimeOffset? moment)
    {
        moment = null;
        if (!claims.TryGetGiven(name, out var value))
            return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || !double.IsFinite(seconds))
            return false;
        // Beyond the calendar is for ever, or has always been.
        moment = seconds >= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.MaxValue
            : seconds <= 0 ? DateTimeOffset.UnixEpoch
            : DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetGiven(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TokenVerdict Wrong(string reason) => TokenVerdict.Refused(TokenFault.Claims, reason);
}
