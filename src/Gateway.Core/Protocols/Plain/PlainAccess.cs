using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Handshake;

namespace Gateway.Core.Protocols.Plain;

/// <summary>Whether a client may subscribe to all that its URL names: one channel that it may not have refuses the whole.</summary>
internal static class PlainAccess
{
    // A URL may name a thousand channels; the authorizer has other clients too.
    private const int AskedTogether = 16;

    /// <summary>Null: it may. Takes no task where the rules decide by themselves.</summary>
    public static ValueTask<Refusal?> JudgeAsync(IChannels channels, Connection connection, ClientIdentity client, PlainWish wish)
    {
        // The node's own bound was looked at before anybody was asked who the client is; this one is its token's.
        if (client.Limits.Subscriptions is { } most && wish.Names.Count > most)
            return new(new Refusal(403, $"The token allows {most} subscriptions, and the path names {wish.Names.Count} channels."));
        List<int>? undecided = null;
        for (var i = 0; i < wish.Names.Count; i++)
        {
            var verdict = channels.Judge(wish.Names[i], client, ChannelAction.Subscribe);
            if (verdict.IsUndecided)
                (undecided ??= []).Add(i);
            else if (!verdict.IsAllowed)
                return new(RefusalOf(verdict));
            wish.Rules[i] = verdict.Rule;
        }

        return undecided is null ? default : AskAsync(channels, connection, client, wish, undecided);
    }

    private static async ValueTask<Refusal?> AskAsync(
        IChannels channels, Connection connection, ClientIdentity client, PlainWish wish, List<int> undecided)
    {
        var from = client.IsAuthenticated ? null : connection.RemoteEndPoint;
        foreach (var together in undecided.Chunk(AskedTogether))
        {
            var verdicts = await Task.WhenAll(together.Select(i =>
                channels.AskAsync(new AccessWish(client, connection.Id, wish.Names[i], ChannelAction.Subscribe, From: from)).AsTask())).ConfigureAwait(false);
            foreach (var (i, verdict) in together.Zip(verdicts))
            {
                if (!verdict.IsAllowed)
                    return RefusalOf(verdict);
                wish.Rules[i] = verdict.Rule;
            }
        }

        return null;
    }

    private static Refusal RefusalOf(in AccessVerdict verdict) => verdict.Result == AccessResult.Unavailable
        ? Refusal.ServiceUnavailable(verdict.Reason, retryAfterSeconds: 5)
        : new Refusal(403, verdict.Reason);
}
