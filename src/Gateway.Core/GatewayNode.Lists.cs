using Gateway.Core.Addresses;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Diagnosis;

namespace Gateway.Core;

/// <summary>Who is subscribed to a channel and who has left, on whichever nodes.</summary>
public sealed partial class GatewayNode
{
    /// <summary>Most that <see cref="FindSubscribersAsync"/> and <see cref="FindEndedAsync"/> find: with the longest names an answer keeps within its bound.</summary>
    public const int MaxListed = 100;

    /// <summary>A channel's subscribers on all nodes.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="limit">At most so many, up to <see cref="MaxListed"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SubscriberReport> FindSubscribersAsync(ChannelName channel, int limit, CancellationToken cancellationToken)
    {
        var own = SubscriberFactsAsync(channel, limit);
        var (others, nodes) = await AskAsync(
            new NodeQuestion { Ask = "subscribers", Channel = channel.Text, Limit = limit }, DiagnosisJson.Default.SubscriberFacts, static _ => false, cancellationToken).ConfigureAwait(false);
        List<SubscriberFacts> all = [await own.ConfigureAwait(false), .. others];
        return new SubscriberReport(
            channel.Text,
            all.Sum(facts => (long)Math.Max(0, facts.Count)),
            [.. all.SelectMany(facts => facts.Connections).OrderBy(connection => connection.ConnectedAt).Take(limit)],
            nodes);
    }

    /// <summary>The connections of all nodes that ended last.</summary>
    /// <param name="limit">At most so many, up to <see cref="MaxListed"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<EndedReport> FindEndedAsync(int limit, CancellationToken cancellationToken)
    {
        var (others, nodes) = await AskAsync(
            new NodeQuestion { Ask = "ended", Limit = limit }, DiagnosisJson.Default.IReadOnlyListEndedConnectionInfo, static _ => false, cancellationToken).ConfigureAwait(false);
        return new EndedReport([.. EndedHere(limit).Concat(others.SelectMany(list => list)).OrderByDescending(connection => connection.EndedAt).Take(limit)], nodes);
    }

    private IReadOnlyList<EndedConnectionInfo> EndedHere(int limit) => [.. Connections.Ended.Latest(limit).Select(ended => EndedConnectionInfo.Of(ended, Name))];

    private async Task<SubscriberFacts> SubscriberFactsAsync(ChannelName channel, int limit)
    {
        var found = await Task.WhenAll(_shards.Select(shard => shard.InspectAsync(seen => SubscribersIn(seen, channel, limit)))).ConfigureAwait(false);
        var connections = found.SelectMany(shard => shard.Connections).OrderBy(connection => connection.ConnectedAt).Take(limit);
        return new SubscriberFacts(found.Sum(shard => shard.Count), [.. connections.Select(SubscriberOf)]);
    }

    private SubscriberInfo SubscriberOf(Connection connection) => new(
        connection.Id.ToString(),
        Name,
        connection.Protocol?.Name ?? "",
        connection.Identity.User,
        IpText.Format(connection.RemoteEndPoint),
        connection.ConnectedAt,
        connection.QueuedBytes);

    /// <summary>The first of them, not all: a channel may have a hundred thousand, and its shard has more to do.</summary>
    private static (int Count, List<Connection> Connections) SubscribersIn(Shard shard, ChannelName name, int limit)
    {
        var connections = new List<Connection>();
        if (shard.Channels.GetValueOrDefault(name) is not { } channel)
            return (0, connections);
        foreach (var subscription in channel.Active[..Math.Min(limit, channel.ActiveCount)])
            connections.Add(subscription.Subscriber.Connection);
        return (channel.ActiveCount, connections);
    }
}
