using System.Buffers.Text;
using System.Text.Json;
using Gateway.Core.Access;
using Gateway.Core.Json;

namespace Gateway.Auth.SubscriptionTokens;

/// <summary>
/// Subscription tokens are JWTs (RFC 7519) signed with a key that the backend and the nodes share. The algorithms are fixed: a token has no say
/// in how it is verified (RFC 8725 §3.1).
/// </summary>
internal sealed class SubscriptionTokenValidator : ISubscriptionTokenValidator
{
    // A subject, some patterns and a hash: a tenth of it is usual.
    private const int MaxTokenBytes = 8 * 1024;

    // What the clocks of machines that keep time may differ by.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    // Of a claim that stands there twice nobody knows which the backend means, and readers differ (RFC 7519 §4).
    private static readonly JsonDocumentOptions Strictly = new() { AllowDuplicateProperties = false };

    private readonly byte[] _key;
    private readonly TimeProvider _time;

    /// <param name="key">At least <see cref="SubscriptionTokenOptions.MinKeyBytes"/>.</param>
    /// <param name="time">Clock.</param>
    public SubscriptionTokenValidator(byte[] key, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, SubscriptionTokenOptions.MinKeyBytes, nameof(key));
        (_key, _time) = (key, time);
    }

    /// <inheritdoc/>
    public ValueTask<SubscriptionTokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken) => new(Validate(token));

    private SubscriptionTokenVerdict Validate(string token)
    {
        if (token.Length > MaxTokenBytes)
            return Refused("The subscription token is too long.");
        if (SignedToken.TryParse(token, MaxTokenBytes) is not { Algorithm: { } algorithm } signed || !JwtSignature.IsOf(signed, algorithm, _key))
            return Refused("The subscription token is not valid.");
        if (signed.HasCriticalHeaders)
            return Refused("The subscription token has critical headers.");
        try
        {
            using var payload = JsonReading.ReadDocument(Base64Url.DecodeFromChars(signed.Payload), Strictly);
            if (payload.RootElement.ValueKind != JsonValueKind.Object)
                return Refused("The subscription token is not valid.");
            return Read(payload.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException) // a lone surrogate is the second
        {
            return Refused("The subscription token is not valid.");
        }
    }

    private SubscriptionTokenVerdict Read(JsonElement claims)
    {
        var now = _time.GetUtcNow();
        if (!TryReadTime(claims, "exp", out var expiry))
            return Refused("The subscription token has no expiry.");
        if (now - ClockSkew >= expiry)
            return Refused("The subscription token has expired.");
        if (claims.TryGetGiven("nbf", out _) && (!TryReadTime(claims, "nbf", out var start) || now + ClockSkew < start))
            return Refused("The subscription token is not valid yet.");
        if (!TryReadText(claims, "sub", out var subject) || !TryReadText(claims, "channel", out var channel) || !TryReadPatterns(claims, out var patterns))
            return Refused("A claim of the subscription token is of the wrong kind.");
        return channel is null && patterns.Count == 0
            ? Refused("The subscription token names no channel.")
            : new SubscriptionTokenVerdict(new SubscriptionGrant(subject, channel, patterns), "");
    }

    /// <summary>RFC 7519 §2: seconds since 1970, a fraction allowed.</summary>
    private static bool TryReadTime(JsonElement claims, string name, out DateTimeOffset time)
    {
        time = default;
        if (!claims.TryGetGiven(name, out var value) || value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds)
            || seconds is not (>= 0 and < 253402300800)) // the year 10000
        {
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }

    /// <summary>False: it is there and no text, or an empty one, which nobody's name is.</summary>
    private static bool TryReadText(JsonElement claims, string name, out string? text)
    {
        text = null;
        if (!claims.TryGetGiven(name, out var value))
            return true;
        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return !string.IsNullOrEmpty(text);
    }

    private static bool TryReadPatterns(JsonElement claims, out IReadOnlyList<string> patterns)
    {
        patterns = [];
        if (!claims.TryGetGiven("channels", out var value))
            return true;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(static one => one.ValueKind != JsonValueKind.String))
            return false;
        patterns = [.. value.EnumerateArray().Select(static one => one.GetString()!)];
        return true;
    }

    private static SubscriptionTokenVerdict Refused(string reason) => new(null, reason);
}
