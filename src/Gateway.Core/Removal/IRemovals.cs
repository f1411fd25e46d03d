using Gateway.Core.Brokers;

namespace Gateway.Core.Removal;

/// <summary>Clients are sent away, and kept out, wherever they are.</summary>
public interface IRemovals
{
    /// <summary>Closes a connection, wherever it is: one of another node's is closed by an envelope to all.</summary>
    /// <exception cref="BrokerUnavailableException">It is not here, and the others could not be told.</exception>
    Task<DisconnectResult> DisconnectAsync(string id, CancellationToken cancellationToken);

    /// <summary>Ends all connections of a user: those here, and by an envelope to all those elsewhere. Returns how many were here.</summary>
    /// <param name="user">Claim <c>sub</c> of their tokens.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BrokerUnavailableException">The others could not be told.</exception>
    Task<int> DisconnectUserAsync(string user, CancellationToken cancellationToken);

    /// <summary>Takes tokens back: on this node in any case, on the others by an envelope, on those that start later by what the broker keeps.</summary>
    /// <param name="user">All of this user's that were issued before now; null: <paramref name="tokenId"/> says which.</param>
    /// <param name="tokenId">The one with this claim <c>jti</c>.</param>
    /// <param name="period">How long it is kept; null: <see cref="Options.AuthOptions.RevocationPeriod"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When it is forgotten; null: this node has as many as it keeps, and nothing was done.</returns>
    /// <exception cref="BrokerUnavailableException">The others could not be told.</exception>
    Task<DateTimeOffset?> RevokeAsync(string? user, string? tokenId, TimeSpan? period, CancellationToken cancellationToken);
}

/// <summary>Where a connection was found that is to be disconnected.</summary>
public enum DisconnectResult
{
    /// <summary>On this node; its close frame is on the way.</summary>
    Local,

    /// <summary>Not on this node; the others were told.</summary>
    Relayed,
}
