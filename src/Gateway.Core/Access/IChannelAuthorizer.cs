using System.Globalization;
using System.Net;
using Gateway.Core.Addresses;

namespace Gateway.Core.Access;

/// <summary>
/// Asks the backend whether a client may, where a rule leaves it to it. Implemented by the host. Any thread; never throws for what the
/// backend does; it bounds how many are asked at once, how long, and what it remembers.
/// </summary>
public interface IChannelAuthorizer
{
    /// <summary>Whether it is allowed while the backend cannot be asked, where a rule does not say.</summary>
    bool FailsOpen { get; }

    /// <summary>Asks. An answer that is remembered costs no task.</summary>
    /// <param name="question">Who wants what.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<AuthorizerVerdict> AskAsync(AuthorizerQuestion question, CancellationToken cancellationToken);
}

/// <summary>Who wants to do what.</summary>
/// <param name="Client">Who the client is.</param>
/// <param name="Connection">Its connection's id.</param>
/// <param name="Channel">The channel's name.</param>
/// <param name="Action">What it wants there.</param>
/// <param name="From">The client's address; null: not known, or not of interest, since it has a token.</param>
public readonly record struct AuthorizerQuestion(ClientIdentity Client, string Connection, string Channel, ChannelAction Action, EndPoint? From = null)
{
    /// <summary>
    /// Whose share of the places it takes: a user's, by its token; without one an address's, as limits by address mean it; where that is not
    /// known, the connection's.
    /// </summary>
    public string Asker => Client.IsAuthenticated ? "user " + Client.Subject
        : AddressKey.Of(From) is { } address ? string.Create(CultureInfo.InvariantCulture, $"{(address.IsV4 ? "ipv4" : "ipv6")} {address.Bits:x}")
        : "connection " + Connection;
}

/// <summary>What the backend says.</summary>
/// <param name="Result">Allowed, forbidden, or unavailable: it could not be asked.</param>
/// <param name="Reason">Why not, in the backend's words, for the client; empty: it gave none.</param>
/// <param name="FailsClosed">Unavailable, but not because the backend is away: nobody is let in for it, whatever the rules say of that.</param>
public readonly record struct AuthorizerVerdict(AccessResult Result, string Reason, bool FailsClosed = false);
