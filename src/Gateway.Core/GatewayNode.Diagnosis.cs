using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Core.Addresses;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Diagnosis;
using Gateway.Core.Options;

namespace Gateway.Core;

/// <summary>"Why did they not get it?": what this node knows, what the others say, and what follows.</summary>
public sealed partial class GatewayNode
{
    // A channel's name takes 1.5 KB of JSON at worst: an answer to another node keeps within its bound.
    private const int ChannelsToldToNodes = 100;
    private const int ChannelsTold = 1000;

    private readonly BrokerGaps _gaps = new();
    private readonly LaggingScan _lagging;
    private readonly Questions _questions;

    /// <summary>Most that <see cref="FindLaggingAsync"/> finds.</summary>
    public const int MaxLagging = LaggingScan.MaxLimit;

    /// <summary>The connections of all nodes for which most waits.</summary>
    /// <param name="limit">At most so many, up to <see cref="MaxLagging"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<LaggingReport> FindLaggingAsync(int limit, CancellationToken cancellationToken)
    {
        var own = _lagging.WorstAsync(limit, cancellationToken);
        var (others, nodes) = await AskAsync(
            new NodeQuestion { Ask = "lagging", Limit = limit }, DiagnosisJson.Default.IReadOnlyListLaggingConnection, static _ => false, cancellationToken).ConfigureAwait(false);
        var all = (await own.ConfigureAwait(false)).Concat(others.SelectMany(list => list));
        return new LaggingReport([.. all.OrderByDescending(connection => connection.BehindBytes).Take(limit)], nodes);
    }

    /// <summary>A connection, on whichever node it is, or its end.</summary>
    public async Task<ConnectionSearch> SearchConnectionAsync(string id, CancellationToken cancellationToken)
    {
        var own = await ConnectionFactsAsync(id, ChannelsTold).ConfigureAwait(false);
        if (own is { Connection: not null } or { Ended: not null })
            return new ConnectionSearch(own.Connection, own.Connection is null ? own.Ended : null, [new AskedNode(Name, Answered: true)]);
        // A text that is no id is nobody's.
        var (others, nodes) = ConnectionId.TryParse(id, out _)
            ? await AskAsync(new NodeQuestion { Ask = "connection", Connection = id }, DiagnosisJson.Default.ConnectionFacts, static _ => true, cancellationToken).ConfigureAwait(false)
            : ([], [new AskedNode(Name, Answered: true)]);
        var found = others.FirstOrDefault(facts => facts.Connection is not null) ?? others.FirstOrDefault();
        return new ConnectionSearch(found?.Connection, found?.Connection is null ? found?.Ended : null, nodes);
    }

    /// <summary>Why a client did not get a publication.</summary>
    /// <param name="channel">The channel; what is no channel's name is told so.</param>
    /// <param name="connection">The connection; null: none in particular.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Explanation> ExplainAsync(string channel, string? connection, CancellationToken cancellationToken)
    {
        var isChannel = ChannelName.TryParse(channel, out _);
        var own = NodeFactsAsync(channel, connection);
        var (others, nodes) = await AskAsync(
            // What is no name is not worth relaying; the connection may be.
            new NodeQuestion { Ask = "explain", Channel = isChannel ? channel : "", Connection = connection }, DiagnosisJson.Default.NodeFacts, static _ => false, cancellationToken).ConfigureAwait(false);
        NodeFacts[] facts = [await own.ConfigureAwait(false), .. others.OrderBy(node => node.Node, StringComparer.Ordinal)];
        return new Explanation(channel, connection, Verdict.Of(isChannel, connection, facts, nodes, _time.GetUtcNow()), facts, nodes);
    }

    /// <summary>One of this node's connections; null: no such connection here.</summary>
    public Task<ConnectionInfo?> FindConnectionAsync(string id) => FindConnectionAsync(id, ChannelsTold);

    private async Task<ConnectionInfo?> FindConnectionAsync(string id, int channels)
    {
        if (!ConnectionId.TryParse(id, out var key) || !Connections.Registry.TryGet(key, out var connection))
            return null;
        var (names, count) = await ShardOf(connection).InspectAsync(_ => SubscriptionsOf(connection, channels)).ConfigureAwait(false);
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
            Node = Name,
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

    /// <summary>For <see cref="Questions"/>: this node's answer to another. Runs on the pool.</summary>
    private async Task<JsonElement> AnswerAsync(NodeQuestion question) => question.Ask switch
    {
        "lagging" => JsonSerializer.SerializeToElement(
            await _lagging.WorstAsync(Math.Clamp(question.Limit, 1, MaxLagging), _stopped).ConfigureAwait(false), DiagnosisJson.Default.IReadOnlyListLaggingConnection),
        "connection" when await ConnectionFactsAsync(question.Connection ?? "", ChannelsToldToNodes).ConfigureAwait(false) is { } facts && (facts.Connection is not null || facts.Ended is not null) =>
            JsonSerializer.SerializeToElement(facts, DiagnosisJson.Default.ConnectionFacts),
        "explain" => JsonSerializer.SerializeToElement(
            await NodeFactsAsync(question.Channel ?? "", question.Connection).ConfigureAwait(false), DiagnosisJson.Default.NodeFacts),
        "subscribers" when ChannelName.TryParse(question.Channel, out var channel) => JsonSerializer.SerializeToElement(
            await SubscriberFactsAsync(channel, Math.Clamp(question.Limit, 1, MaxListed)).ConfigureAwait(false), DiagnosisJson.Default.SubscriberFacts),
        "ended" => JsonSerializer.SerializeToElement(EndedHere(Math.Clamp(question.Limit, 1, MaxListed)), DiagnosisJson.Default.IReadOnlyListEndedConnectionInfo),
        "user" => JsonSerializer.SerializeToElement(await UserFactsAsync(question.User ?? "").ConfigureAwait(false), DiagnosisJson.Default.UserFacts),
        _ => NoAnswer,
    };

    private static readonly JsonElement NoAnswer = JsonDocument.Parse("null").RootElement;

    /// <summary>Asks the other nodes. The result is what they have, without those that have nothing, and who was asked, this node first.</summary>
    private async Task<(List<T> Found, IReadOnlyList<AskedNode> Nodes)> AskAsync<T>(
        NodeQuestion question, JsonTypeInfo<T> type, Func<T, bool> isEnough, CancellationToken cancellationToken)
        where T : class
    {
        var answers = await _questions.AskAsync(question, answer => Read(answer, type) is { } found && isEnough(found), cancellationToken).ConfigureAwait(false);
        // Who has found what is asked for needs nobody else. Lost nodes are not waited for: they are named.
        IEnumerable<LostNode> lost = answers.IsEnough ? [] : _membership.Lost;
        var nodes = answers.Given.Select(answer => new AskedNode(answer.Node, Answered: true))
            .Concat(lost.Select(node => new AskedNode(node.Name, Answered: false, node.SeenAt)))
            .Concat(answers.Silent.Select(name => new AskedNode(name, Answered: false)))
            .DistinctBy(node => node.Name);
        return (
            [.. answers.Given.Select(answer => Read(answer, type)).OfType<T>()],
            [new AskedNode(Name, Answered: true), .. nodes.OrderBy(node => node.Name, StringComparer.Ordinal)]);
    }

    private static T? Read<T>(NodeAnswer answer, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return answer.Body.ValueKind is JsonValueKind.Object or JsonValueKind.Array && OthersWord.IsBounded(answer.Body)
                && answer.Body.Deserialize(type) is { } read && OthersWord.IsWhole(read) ? read : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // of a version that says it otherwise; the second: half of a surrogate pair, escaped
        }
    }

    private async Task<ConnectionFacts> ConnectionFactsAsync(string id, int channels)
    {
        var connection = await FindConnectionAsync(id, channels).ConfigureAwait(false);
        var ended = ConnectionId.TryParse(id, out var key) && Connections.Ended.Find(key) is { } end ? EndedConnectionInfo.Of(end, Name) : null;
        return new ConnectionFacts(connection, ended);
    }

    private async Task<NodeFacts> NodeFactsAsync(string channel, string? connection)
    {
        var facts = connection is null ? new ConnectionFacts(null, null) : await ConnectionFactsAsync(connection, ChannelsToldToNodes).ConfigureAwait(false);
        var isChannel = ChannelName.TryParse(channel, out var name);
        var broker = Broker.Status;
        var stall = _stalls.Last;
        return new NodeFacts(
            Name,
            State,
            Math.Round(Drain.Rate + _rebalancer.Rate, 1),
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
        var counts = await Task.WhenAll(_shards.Select(shard => shard.InspectAsync(
            seen => seen.Channels.GetValueOrDefault(name) is { } channel ? (Active: channel.ActiveCount, Pending: channel.JoiningCount) : default))).ConfigureAwait(false);
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
        if (!ConnectionId.TryParse(id, out var key) || !Connections.Registry.TryGet(key, out var connection))
            return null;
        return await ShardOf(connection).InspectAsync(_ => (connection.ShardState as Subscriber)?.Subscriptions.Find(name) switch
        {
            null => "none",
            { Pending: not null } => "pending",
            _ => "active",
        }).ConfigureAwait(false);
    }

    private IReadOnlyList<ChannelDrops> DropsOf(string id, ChannelName name) =>
        ConnectionId.TryParse(id, out var key) && Connections.Registry.TryGet(key, out var connection)
            ? ChannelDrops.Of(connection.ReadSkips().Where(skips => skips.Channel == name.Text), most: 1)
            : [];

    private static (IReadOnlyList<string> Names, int Count) SubscriptionsOf(Connection connection, int listed) =>
        connection.ShardState is Subscriber { Subscriptions: var set }
            ? ([.. set.All.Take(listed).Select(subscription => subscription.Channel.Name.Text)], set.Count)
            : ([], 0);
}
