using Gateway.Core.Access;
using Gateway.Core.Addresses;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Diagnosis;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Investigation;

/// <summary>What this node knows by itself of connections, channels and users.</summary>
internal sealed class LocalFacts
{
    // Of each node: with their channels' names at the longest, an answer keeps within its bound.
    public const int ConnectionsTold = 20;
    private const int ChannelsToldOfUser = 10;

    // A channel's name takes 1.5 KB of JSON at worst: an answer to another node keeps within its bound.
    public const int ChannelsToldToNodes = 100;

    private readonly string _node;
    private readonly ConnectionContext _connections;
    private readonly ShardSet _shards;
    private readonly ChannelDirectory _directory;
    private readonly ChannelAccess _access;
    private readonly IBroker _broker;
    private readonly BrokerGaps _gaps;
    private readonly StallWatch _stalls;
    private readonly SelfDescription _self;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;

    /// <param name="node">Its name.</param>
    /// <param name="connections">The node's connections and their ends.</param>
    /// <param name="shards">Who is subscribed.</param>
    /// <param name="directory">The node's channels.</param>
    /// <param name="access">The rules.</param>
    /// <param name="broker">Whether publications flow.</param>
    /// <param name="gaps">When they did not.</param>
    /// <param name="stalls">When the whole process stood still.</param>
    /// <param name="self">What the node says of itself.</param>
    public LocalFacts(
        string node, ConnectionContext connections, ShardSet shards, ChannelDirectory directory, ChannelAccess access, IBroker broker, BrokerGaps gaps, StallWatch stalls, SelfDescription self)
    {
        (_node, _connections, _shards, _directory, _access) = (node, connections, shards, directory, access);
        (_broker, _gaps, _stalls, _self) = (broker, gaps, stalls, self);
        (_metrics, _time) = (connections.Metrics, connections.Time);
    }

    /// <summary>One of this node's connections; null: no such connection here.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="channels">At most so many are named.</param>
    public async Task<ConnectionInfo?> FindConnectionAsync(string id, int channels)
    {
        if (!ConnectionId.TryParse(id, out var key) || !_connections.Registry.TryGet(key, out var connection))
            return null;
        var (names, count) = await _shards.Of(connection).InspectAsync(_ => SubscriptionsOf(connection, channels)).ConfigureAwait(false);
        var kernel = connection.ReadKernelState();
        return new ConnectionInfo(
            id,
            connection.Protocol?.Name ?? "",
            Words.Of(connection.State),
            IpText.Format(connection.RemoteEndPoint),
            IpText.Format(connection.LocalEndPoint),
            connection.ConnectedAt,
            names,
            count,
            connection.QueuedBytes,
            connection.IdleMilliseconds / 1000d)
        {
            Node = _node,
            User = connection.Identity.User,
            TokenExpiresAt = connection.Identity.ExpiresAt,
            Drops = ChannelDrops.Of(connection.ReadSkips(), channels),
            CommandsInFlight = connection.CommandsInFlight,
            Paused = connection.Pause switch { MessageResult.AwaitCommands => "commands", MessageResult.AwaitSent => "sent", _ => null },
            LastWriteSeconds = kernel?.SinceSentMilliseconds / 1000d,
            LastReceiveSeconds = kernel?.SinceReceivedMilliseconds / 1000d,
            LastAcknowledgementSeconds = kernel?.SinceAcknowledgedMilliseconds / 1000d,
            UnsentBytes = kernel?.UnsentBytes,
            UnacknowledgedBytes = kernel?.UnacknowledgedBytes,
            RttMilliseconds = kernel?.RoundTripMicroseconds / 1000d,
            Retransmits = kernel?.Retransmits,
            UnansweredRetransmits = kernel?.UnansweredRetransmits,
            CongestionWindow = kernel?.CongestionWindow,
            TcpState = kernel is { } known ? Words.Of(known.State) : null,
        };
    }

    public async Task<ConnectionFacts> ConnectionFactsAsync(string id, int channels)
    {
        var connection = await FindConnectionAsync(id, channels).ConfigureAwait(false);
        var ended = ConnectionId.TryParse(id, out var key) && _connections.Ended.Find(key) is { } end ? EndedConnectionInfo.Of(end, _node) : null;
        return new ConnectionFacts(connection, ended);
    }

    public async Task<NodeFacts> NodeFactsAsync(string channel, string? connection)
    {
        var facts = connection is null ? new ConnectionFacts(null, null) : await ConnectionFactsAsync(connection, ChannelsToldToNodes).ConfigureAwait(false);
        var isChannel = ChannelName.TryParse(channel, out var name);
        var broker = _broker.Status;
        var stall = _stalls.Last;
        return new NodeFacts(
            _node,
            _self.State,
            _self.SendingAway,
            _gaps.Facts(broker.Connected, broker.Reason),
            isChannel ? await ChannelFactsAsync(name!).ConfigureAwait(false) : null,
            facts.Connection,
            facts.Connection is null || !isChannel ? null : await SubscriptionAsync(facts.Connection.Id, name!).ConfigureAwait(false),
            facts.Ended,
            facts.Connection is null || !isChannel ? null : WhyRefused(facts.Connection.Id, name!))
        {
            Drops = facts.Connection is null || !isChannel ? [] : DropsOf(facts.Connection.Id, name!),
            AuthorizerAway = isChannel && _metrics.AuthorizerCutOff && _access.Rules.Find(name!) is { } rule
                && (rule.Options.Subscribe == RuleAudience.Authorizer || rule.Options.Publish == RuleAudience.Authorizer),
            LastStallAt = stall?.EndedAt,
            LastStallSeconds = stall?.Duration.TotalSeconds,
        };
    }

    private async Task<ChannelFacts> ChannelFactsAsync(ChannelName name)
    {
        var entry = _directory.FindAny(name.Utf8);
        var counts = await _shards.InspectAsync(
            seen => seen.Channels.GetValueOrDefault(name) is { } channel ? (Active: channel.ActiveCount, Pending: channel.JoiningCount) : default).ConfigureAwait(false);
        return new ChannelFacts(
            Words.Of(entry?.State ?? ChannelState.Idle),
            counts.Sum(shard => shard.Active),
            counts.Sum(shard => shard.Pending),
            _access.Rules.Find(name) is { Options.Subscribe: not RuleAudience.Nobody },
            entry is { LastPublication: > 0 and var then } ? _time.GetUtcNow() - _time.GetElapsedTime(then) : null,
            entry?.DroppedTooLarge ?? 0,
            entry?.DroppedInboxFull ?? 0);
    }

    private async Task<string?> SubscriptionAsync(string id, ChannelName name)
    {
        if (!ConnectionId.TryParse(id, out var key) || !_connections.Registry.TryGet(key, out var connection))
            return null;
        return await _shards.Of(connection).InspectAsync(_ => (connection.ShardState as Subscriber)?.Subscriptions.Find(name) switch
        {
            null => "none",
            { Pending: not null } => "pending",
            _ => "active",
        }).ConfigureAwait(false);
    }

    private IReadOnlyList<ChannelDrops> DropsOf(string id, ChannelName name) =>
        ConnectionId.TryParse(id, out var key) && _connections.Registry.TryGet(key, out var connection)
            ? ChannelDrops.Of(connection.ReadSkips().Where(skips => skips.Channel == name.Text), most: 1)
            : [];

    private static (IReadOnlyList<string> Names, int Count) SubscriptionsOf(Connection connection, int listed) =>
        connection.ShardState is Subscriber { Subscriptions: var set }
            ? ([.. set.All.Take(listed).Select(subscription => subscription.Channel.Name.Text)], set.Count)
            : ([], 0);

    public IReadOnlyList<EndedConnectionInfo> Ended(int limit) => [.. _connections.Ended.Latest(limit).Select(ended => EndedConnectionInfo.Of(ended, _node))];

    public async Task<SubscriberFacts> SubscriberFactsAsync(ChannelName channel, int limit)
    {
        var found = await _shards.InspectAsync(seen => SubscribersIn(seen, channel, limit)).ConfigureAwait(false);
        var connections = found.SelectMany(shard => shard.Connections).OrderBy(connection => connection.ConnectedAt).Take(limit);
        return new SubscriberFacts(found.Sum(shard => shard.Count), [.. connections.Select(SubscriberOf)]);
    }

    private SubscriberInfo SubscriberOf(Connection connection) => new(
        connection.Id.ToString(),
        _node,
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

    public async Task<UserFacts> UserFactsAsync(string user)
    {
        var connections = _connections.Users.Of(user);
        var told = await Task.WhenAll(connections.Take(ConnectionsTold).Select(connection => FindConnectionAsync(connection.Id.ToString(), ChannelsToldOfUser))).ConfigureAwait(false);
        return new UserFacts(connections.Length, [.. told.OfType<ConnectionInfo>()]);
    }

    /// <summary>Why the rules refuse a connection a channel; null: they do not, or it is not here.</summary>
    private string? WhyRefused(string connection, ChannelName channel)
    {
        if (!ConnectionId.TryParse(connection, out var id) || !_connections.Registry.TryGet(id, out var found))
            return null;
        var verdict = _access.Judge(channel, found.Identity, ChannelAction.Subscribe);
        return verdict.Result == AccessResult.Forbidden ? AccessWords.Why(verdict, found.Identity, channel.Text, ChannelAction.Subscribe) : null;
    }

    /// <summary>This node's channels.</summary>
    public async Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string prefix, int limit, ChannelOrder order = ChannelOrder.Name)
    {
        var matching = _directory.Entries
            .Where(entry => entry.Name.Text.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(entry => entry.Name.Text, StringComparer.Ordinal);
        // Which have the most is known only when all have been counted: a look into a dictionary for each, on each shard.
        var entries = (order == ChannelOrder.Name ? matching.Take(limit) : matching).ToList();
        var counts = await _shards.InspectAsync(
            seen => entries.ConvertAll(entry => seen.Channels.GetValueOrDefault(entry.Name)?.ActiveCount ?? 0)).ConfigureAwait(false);
        var channels = entries.Select((entry, i) => new ChannelInfo(entry.Name.Text, counts.Sum(shard => shard[i]), Words.Of(entry.State)));
        return order == ChannelOrder.Name ? [.. channels] : [.. channels.OrderByDescending(channel => channel.Subscribers).Take(limit)];
    }
}
