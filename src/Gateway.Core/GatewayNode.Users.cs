using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Diagnosis;
using Gateway.Core.Telemetry;

namespace Gateway.Core;

/// <summary>Users, on whichever nodes they are: who they are, and how they are sent away and kept out.</summary>
public sealed partial class GatewayNode
{
    // Of each node: with their channels' names at the longest, an answer keeps within its bound.
    private const int ConnectionsTold = 20;
    private const int ChannelsToldOfUser = 10;

    // Each asks all nodes: those of ten nodes at their fullest.
    private const int ConnectionsExplained = 200;

    private readonly Revocations _revocations;
    private readonly RevocationReader _revocationReader;
    private readonly Rarely _mayLogRevocation;
    private Task _readingRevocations = Task.CompletedTask;

    /// <summary>Ends all connections of a user: those here, and by a command to all those elsewhere. Returns how many were here.</summary>
    /// <param name="user">Claim <c>sub</c> of their tokens.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BrokerUnavailableException">The others could not be told.</exception>
    public async Task<int> DisconnectUserAsync(string user, CancellationToken cancellationToken)
    {
        var here = DisconnectUser(user);
        await Broker.Bus.SendAsync(Envelope.DisconnectUser(user), cancellationToken).ConfigureAwait(false);
        return here;
    }

    /// <summary>Takes tokens back: on this node in any case, on the others by a command, on those that start later by what the broker keeps.</summary>
    /// <param name="user">All of this user's that were issued before now; null: <paramref name="tokenId"/> says which.</param>
    /// <param name="tokenId">The one with this claim <c>jti</c>.</param>
    /// <param name="period">How long it is kept; null: <see cref="Options.AuthOptions.RevocationPeriod"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When it is forgotten; null: this node has as many as it keeps, and nothing was done.</returns>
    /// <exception cref="BrokerUnavailableException">The others could not be told.</exception>
    public async Task<DateTimeOffset?> RevokeAsync(string? user, string? tokenId, TimeSpan? period, CancellationToken cancellationToken)
    {
        var (now, kept) = (_time.GetUtcNow(), period ?? _options.Auth.RevocationPeriod);
        var revocation = new Revocation { User = user, TokenId = tokenId, At = now.ToUnixTimeMilliseconds(), Until = (now + kept).ToUnixTimeMilliseconds() };
        if (!_revocations.Add(revocation))
            return null;
        CloseRevoked([revocation]);
        var json = revocation.ToJson();
        try
        {
            // In this order: a node that starts now finds it kept, or hears of it.
            await Broker.Revocations.KeepAsync(revocation.Name, json, kept, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Broker.Bus.SendAsync(json, cancellationToken).ConfigureAwait(false);
        }

        return now + kept;
    }

    /// <summary>A user's connections on all nodes.</summary>
    public async Task<UserReport> FindUserAsync(string user, CancellationToken cancellationToken)
    {
        var own = UserFactsAsync(user);
        var (others, nodes) = await AskAsync(
            new NodeQuestion { Ask = "user", User = user }, DiagnosisJson.Default.UserFacts, static _ => false, cancellationToken).ConfigureAwait(false);
        List<UserFacts> all = [await own.ConfigureAwait(false), .. others];
        var count = (int)Math.Min(int.MaxValue, all.Sum(facts => (long)Math.Max(0, facts.Count)));
        return new UserReport(user, count, [.. all.SelectMany(facts => facts.Connections.Take(ConnectionsTold))], nodes);
    }

    /// <summary>Why a user did not get a publication, by each of its connections.</summary>
    public async Task<UserExplanation> ExplainUserAsync(string channel, string user, CancellationToken cancellationToken)
    {
        var found = await FindUserAsync(user, cancellationToken).ConfigureAwait(false);
        var explained = await Task.WhenAll(found.Connections.Take(ConnectionsExplained).Select(connection => ExplainAsync(channel, connection.Id, cancellationToken))).ConfigureAwait(false);
        return new UserExplanation(channel, user, Verdict.OfUser(found), explained, found.Nodes);
    }

    private int DisconnectUser(string user) => Connections.Users.Of(user).Count(connection => connection.Close(CloseReason.Disconnected));

    private string TryDisconnectUser(string user)
    {
        if (Connections.Users.Of(user).Length == 0)
            return "not_here";
        // Not on the broker's own thread: a user may have thousands.
        ThreadPool.UnsafeQueueUserWorkItem(static item => item.Node.DisconnectUser(item.User), (Node: this, User: user), preferLocal: false);
        return "disconnected";
    }

    private string TakeRevocation(ReadOnlySpan<byte> json)
    {
        if (Revocation.TryParse(json) is not { } revocation)
            return "malformed";
        var now = _time.GetUtcNow();
        // A backend's own word may leave out when.
        revocation = revocation with
        {
            At = revocation.At > 0 ? revocation.At : now.ToUnixTimeMilliseconds(),
            Until = revocation.Until > 0 ? revocation.Until : (now + _options.Auth.RevocationPeriod).ToUnixTimeMilliseconds(),
        };
        ThreadPool.UnsafeQueueUserWorkItem(static item => item.Node.ApplyRevocations([item.Revocation]), (Node: this, Revocation: revocation), preferLocal: false);
        return "revoked";
    }

    private void ApplyRevocations(IReadOnlyList<Revocation> revocations)
    {
        foreach (var revocation in revocations)
        {
            if (!_revocations.Add(revocation) && _mayLogRevocation.Now())
                Log.RevocationsFull(_log, Revocations.Most);
        }

        CloseRevoked(revocations);
    }

    /// <summary>A token's id is in no index: whoever takes many back at once has all connections looked at once.</summary>
    private void CloseRevoked(IReadOnlyList<Revocation> revocations)
    {
        var connections = revocations.Any(revocation => revocation.User is null)
            ? Connections.Users.All()
            : revocations.SelectMany(revocation => Connections.Users.Of(revocation.User!));
        foreach (var connection in connections)
            connection.CloseIfRevoked();
    }

    private async Task<UserFacts> UserFactsAsync(string user)
    {
        var connections = Connections.Users.Of(user);
        var told = await Task.WhenAll(connections.Take(ConnectionsTold).Select(connection => FindConnectionAsync(connection.Id.ToString(), ChannelsToldOfUser))).ConfigureAwait(false);
        return new UserFacts(connections.Length, [.. told.OfType<ConnectionInfo>()]);
    }
}
