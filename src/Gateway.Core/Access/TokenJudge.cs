namespace Gateway.Core.Access;

/// <summary>
/// The one place where a client's own token is judged, when it connects and when it refreshes: its size, the validator's word, and whether
/// it has been revoked.
/// </summary>
/// <param name="validator">Knows the keys; null: there are none, and every token is refused.</param>
/// <param name="revocations">What has been revoked.</param>
internal sealed class TokenJudge(ITokenValidator? validator, Revocations revocations)
{
    /// <summary>RFC 7519 sets no bound. 8 KiB is what a request line and a header line may have by default.</summary>
    public const int MaxTokenBytes = 8 * 1024;

    private static readonly TokenVerdict TooLong = TokenVerdict.Refused(TokenFault.Malformed, "the token is longer than 8192 bytes");

    private static readonly TokenVerdict Empty = TokenVerdict.Refused(TokenFault.Malformed, "the token is empty: send one, or nothing in its place");

    private static readonly TokenVerdict NoKeys =
        TokenVerdict.Refused(TokenFault.Signature, "this service has no keys to check a token with: connect without one");

    private static readonly TokenVerdict Revoked = TokenVerdict.Refused(TokenFault.Revoked, "the token has been revoked");

    /// <summary>Whether any token can be good.</summary>
    public bool HasKeys => validator is not null;

    /// <inheritdoc cref="ITokenValidator.ValidateAsync"/>
    public ValueTask<TokenVerdict> JudgeAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > MaxTokenBytes)
            return new(TooLong);
        // A client that lost its token on the way: nobody, and not anybody.
        if (token.Length == 0)
            return new(Empty);
        if (validator is null)
            return new(NoKeys);
        var verdict = validator.ValidateAsync(token, cancellationToken);
        return verdict.IsCompletedSuccessfully ? new(Review(verdict.Result)) : ReviewAsync(verdict);
    }

    /// <summary>Whether a token that was good is so no more.</summary>
    public bool IsRevoked(ClientIdentity identity) => revocations.Cover(identity, validator?.ClockSkew ?? TimeSpan.Zero);

    private async ValueTask<TokenVerdict> ReviewAsync(ValueTask<TokenVerdict> verdict) => Review(await verdict.ConfigureAwait(false));

    private TokenVerdict Review(TokenVerdict verdict) => verdict.Identity is { } identity && IsRevoked(identity) ? Revoked : verdict;
}
