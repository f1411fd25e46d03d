using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Connections;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Removal;

/// <summary>Asked for here, they go to the other nodes too; asked for by another node, or a backend, they come as envelopes.</summary>
/// <param name="broker">To the other nodes, and to those that start later.</param>
/// <param name="registry">Connections by their ids.</param>
/// <param name="users">Connections by their users.</param>
/// <param name="revocations">Tokens that this node refuses.</param>
/// <param name="defaultPeriod">How long it does, unless told.</param>
/// <param name="time">Clock.</param>
/// <param name="log">For operators.</param>
internal sealed class Removals(
    IBroker broker, ConnectionRegistry registry, UserIndex users, Revocations revocations, TimeSpan defaultPeriod, TimeProvider time, ILogger log) : IRemovals
{
    private readonly Rarely _mayLogFull = new(time, Log.Interval);

    public async Task<DisconnectResult> DisconnectAsync(string id, CancellationToken cancellationToken)
    {
        if (TryDisconnect(id))
            return DisconnectResult.Local;
        await broker.Bus.SendAsync(Envelope.Disconnect(id), cancellationToken).ConfigureAwait(false);
        return DisconnectResult.Relayed;
    }

    public async Task<int> DisconnectUserAsync(string user, CancellationToken cancellationToken)
    {
        var here = DisconnectUser(user);
        await broker.Bus.SendAsync(Envelope.DisconnectUser(user), cancellationToken).ConfigureAwait(false);
        return here;
    }

    public async Task<DateTimeOffset?> RevokeAsync(string? user, string? tokenId, TimeSpan? period, CancellationToken cancellationToken)
    {
        var (now, kept) = (time.GetUtcNow(), period ?? defaultPeriod);
        var revocation = new Revocation { User = user, TokenId = tokenId, At = now.ToUnixTimeMilliseconds(), Until = (now + kept).ToUnixTimeMilliseconds() };
        if (!revocations.Add(revocation))
            return null;
        CloseRevoked([revocation]);
        var json = revocation.ToJson();
        try
        {
            // In this order: a node that starts now finds it kept, or hears of it.
            await broker.Revocations.KeepAsync(revocation.Name, json, kept, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await broker.Bus.SendAsync(json, cancellationToken).ConfigureAwait(false);
        }

        return now + kept;
    }

    /// <summary>The envelope's operation <c>disconnect</c>.</summary>
    public string? OnDisconnect(Envelope envelope, ReadOnlySpan<byte> json) => envelope switch
    {
        { Connection: { } connection } => TryDisconnect(connection) ? "disconnected" : "not_here",
        { User: { Length: > 0 } user } => TryDisconnectUser(user),
        _ => null,
    };

    /// <summary>The envelope's operation <c>revoke</c>.</summary>
    public string OnRevoke(Envelope envelope, ReadOnlySpan<byte> json)
    {
        if (Revocation.TryParse(json) is not { } revocation)
            return "malformed";
        var now = time.GetUtcNow();
        // A backend's own word may leave out when.
        revocation = revocation with
        {
            At = revocation.At > 0 ? revocation.At : now.ToUnixTimeMilliseconds(),
            Until = revocation.Until > 0 ? revocation.Until : (now + defaultPeriod).ToUnixTimeMilliseconds(),
        };
        ThreadPool.UnsafeQueueUserWorkItem(static item => item.Self.Apply([item.Revocation]), (Self: this, Revocation: revocation), preferLocal: false);
        return "revoked";
    }

    /// <summary>Revocations that other nodes have made.</summary>
    public void Apply(IReadOnlyList<Revocation> made)
    {
        foreach (var revocation in made)
        {
            if (!revocations.Add(revocation) && _mayLogFull.Now())
                Log.RevocationsFull(log, Revocations.Most);
        }

        CloseRevoked(made);
    }

    private bool TryDisconnect(string? id) =>
        ConnectionId.TryParse(id, out var key)
        && registry.TryGet(key, out var connection)
        && connection.Close(CloseReason.Disconnected);

    private int DisconnectUser(string user) => users.Of(user).Count(connection => connection.Close(CloseReason.Disconnected));

    private string TryDisconnectUser(string user)
    {
        if (users.Of(user).Length == 0)
            return "not_here";
        // Not on the broker's own thread: a user may have thousands.
        ThreadPool.UnsafeQueueUserWorkItem(static item => item.Self.DisconnectUser(item.User), (Self: this, User: user), preferLocal: false);
        return "disconnected";
    }

    /// <summary>A token's id is in no index: whoever takes many back at once has all connections looked at once.</summary>
    private void CloseRevoked(IReadOnlyList<Revocation> made)
    {
        var connections = made.Any(revocation => revocation.User is null)
            ? users.All()
            : made.SelectMany(revocation => users.Of(revocation.User!));
        foreach (var connection in connections)
            connection.CloseIfRevoked();
    }
}
