namespace Gateway.Core.Access;

/// <summary>Judges tokens. Implemented by the host, which knows keys and libraries. Any thread; never throws for what a token holds.</summary>
public interface ITokenValidator
{
    /// <summary>Judges a client's token. An answer that is there at once costs no task; a key that must be fetched is waited for.</summary>
    /// <param name="token">As the client gave it; never logged.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken);
}

/// <summary>What a token is worth.</summary>
/// <param name="Identity">Who the client is; null: the token is refused.</param>
/// <param name="Reason">Why it is refused, without anything of the token: for the client and the log; empty: it is not.</param>
/// <param name="IsUnavailable">It could not be judged now: the keys could not be fetched, and the client may come again.</param>
public readonly record struct TokenVerdict(ClientIdentity? Identity, string Reason, bool IsUnavailable = false);
