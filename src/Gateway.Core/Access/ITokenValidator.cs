namespace Gateway.Core.Access;

/// <summary>Judges tokens. Implemented by the host, which knows keys and libraries. Any thread; never throws for what a token holds.</summary>
public interface ITokenValidator
{
    /// <summary>How far ahead of this node's clock a token may have been issued: the issuer's clock decides about its <c>iat</c>, and ours about revocations.</summary>
    TimeSpan ClockSkew { get; }

    /// <summary>Judges a client's token. An answer that is there at once costs no task; a key that must be fetched is waited for.</summary>
    /// <param name="token">As the client gave it; never logged.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken);
}

/// <summary>What a token is worth.</summary>
/// <param name="Identity">Who the client is; null: the token is refused.</param>
/// <param name="Reason">Why it is refused, without anything of the token: for the client and the log; empty: it is not.</param>
/// <param name="IsUnavailable">It could not be judged now: the keys could not be fetched, and the client may come again.</param>
public readonly record struct TokenVerdict(ClientIdentity? Identity, string Reason, bool IsUnavailable = false)
{
    /// <summary>The kind of the reason, for the metric.</summary>
    public TokenFault Fault { get; init; } = IsUnavailable ? TokenFault.Unavailable : TokenFault.Malformed;

    /// <summary>The token is refused.</summary>
    public static TokenVerdict Refused(TokenFault fault, string reason) => new(null, reason) { Fault = fault };

    /// <summary>The token cannot be judged now.</summary>
    public static TokenVerdict Unavailable(string reason) => new(null, reason, IsUnavailable: true);
}

/// <summary>The kinds of what may be wrong with a token; of no meaning where nothing is.</summary>
public enum TokenFault
{
    /// <summary>It is no token, or one of a kind that is not taken.</summary>
    Malformed,

    /// <summary>No key of its algorithm has signed it.</summary>
    Signature,

    /// <summary>It has expired.</summary>
    Expired,

    /// <summary>It is not valid yet.</summary>
    NotYetValid,

    /// <summary>It is of another issuer.</summary>
    Issuer,

    /// <summary>It is for others.</summary>
    Audience,

    /// <summary>A claim is not what it must be.</summary>
    Claims,

    /// <summary>It was good, and has been revoked.</summary>
    Revoked,

    /// <summary>It could not be judged.</summary>
    Unavailable,
}
