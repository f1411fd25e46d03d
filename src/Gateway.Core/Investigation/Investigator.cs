using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Diagnosis;

namespace Gateway.Core.Investigation;

/// <summary>Asks all nodes, this one first, and puts together what they know.</summary>
/// <param name="self">This node's name.</param>
/// <param name="facts">What it knows itself.</param>
/// <param name="lagging">Its own that most waits for.</param>
/// <param name="questions">To the others.</param>
/// <param name="membership">Who they are, and who has vanished.</param>
/// <param name="time">Clock.</param>
internal sealed class Investigator(string self, LocalFacts facts, LaggingScan lagging, Questions questions, Membership membership, TimeProvider time) : IInvestigator
{
    private const int ChannelsTold = 1000;

    // Each asks all nodes: those of ten nodes at their fullest.
    private const int ConnectionsExplained = 200;

    public async Task<LaggingReport> FindLaggingAsync(int limit, CancellationToken cancellationToken)
    {
        var own = lagging.WorstAsync(limit, cancellationToken);
        var (others, nodes) = await AskAsync(
            new NodeQuestion { Ask = "lagging", Limit = limit }, DiagnosisJson.Default.IReadOnlyListLaggingConnection, static _ => false, cancellationToken).ConfigureAwait(false);
        var all = (await own.ConfigureAwait(false)).Concat(others.SelectMany(list => list));
        return new LaggingReport([.. all.OrderByDescending(connection => connection.BehindBytes).Take(limit)], nodes);
    }

    public async Task<ConnectionSearch> SearchConnectionAsync(string id, CancellationToken cancellationToken)
    {
        var own = await facts.ConnectionFactsAsync(id, ChannelsTold).ConfigureAwait(false);
        if (own is { Connection: not null } or { Ended: not null })
            return new ConnectionSearch(own.Connection, own.Connection is null ? own.Ended : null, [new AskedNode(self, Answered: true)]);
        // A text that is no id is nobody's.
        var (others, nodes) = ConnectionId.TryParse(id, out _)
            ? await AskAsync(new NodeQuestion { Ask = "connection", Connection = id }, DiagnosisJson.Default.ConnectionFacts, static _ => true, cancellationToken).ConfigureAwait(false)
            : ([], [new AskedNode(self, Answered: true)]);
        var found = others.FirstOrDefault(other => other.Connection is not null) ?? others.FirstOrDefault();
        return new ConnectionSearch(found?.Connection, found?.Connection is null ? found?.Ended : null, nodes);
    }

    public async Task<Explanation> ExplainAsync(string channel, string? connection, CancellationToken cancellationToken)
    {
        var isChannel = ChannelName.TryParse(channel, out _);
        var own = facts.NodeFactsAsync(channel, connection);
        var (others, nodes) = await AskAsync(
            // What is no name is not worth relaying; the connection may be.
            new NodeQuestion { Ask = "explain", Channel = isChannel ? channel : "", Connection = connection }, DiagnosisJson.Default.NodeFacts, static _ => false, cancellationToken).ConfigureAwait(false);
        NodeFacts[] known = [await own.ConfigureAwait(false), .. others.OrderBy(node => node.Node, StringComparer.Ordinal)];
        return new Explanation(channel, connection, Verdict.Of(isChannel, connection, known, nodes, time.GetUtcNow()), known, nodes);
    }

    public async Task<SubscriberReport> FindSubscribersAsync(ChannelName channel, int limit, CancellationToken cancellationToken)
    {
        var own = facts.SubscriberFactsAsync(channel, limit);
        var (others, nodes) = await AskAsync(
            new NodeQuestion { Ask = "subscribers", Channel = channel.Text, Limit = limit }, DiagnosisJson.Default.SubscriberFacts, static _ => false, cancellationToken).ConfigureAwait(false);
        List<SubscriberFacts> all = [await own.ConfigureAwait(false), .. others];
        return new SubscriberReport(
            channel.Text,
            all.Sum(found => (long)Math.Max(0, found.Count)),
            [.. all.SelectMany(found => found.Connections).OrderBy(connection => connection.ConnectedAt).Take(limit)],
            nodes);
    }

    public async Task<EndedReport> FindEndedAsync(int limit, CancellationToken cancellationToken)
    {
        var (others, nodes) = await AskAsync(
            new NodeQuestion { Ask = "ended", Limit = limit }, DiagnosisJson.Default.IReadOnlyListEndedConnectionInfo, static _ => false, cancellationToken).ConfigureAwait(false);
        return new EndedReport([.. facts.Ended(limit).Concat(others.SelectMany(list => list)).OrderByDescending(connection => connection.EndedAt).Take(limit)], nodes);
    }

    public async Task<UserReport> FindUserAsync(string user, CancellationToken cancellationToken)
    {
        var own = facts.UserFactsAsync(user);
        var (others, nodes) = await AskAsync(
            new NodeQuestion { Ask = "user", User = user }, DiagnosisJson.Default.UserFacts, static _ => false, cancellationToken).ConfigureAwait(false);
        List<UserFacts> all = [await own.ConfigureAwait(false), .. others];
        var count = (int)Math.Min(int.MaxValue, all.Sum(found => (long)Math.Max(0, found.Count)));
        return new UserReport(user, count, [.. all.SelectMany(found => found.Connections.Take(LocalFacts.ConnectionsTold))], nodes);
    }

    public async Task<UserExplanation> ExplainUserAsync(string channel, string user, CancellationToken cancellationToken)
    {
        var found = await FindUserAsync(user, cancellationToken).ConfigureAwait(false);
        var explained = await Task.WhenAll(found.Connections.Take(ConnectionsExplained).Select(connection => ExplainAsync(channel, connection.Id, cancellationToken))).ConfigureAwait(false);
        return new UserExplanation(channel, user, Verdict.OfUser(found), explained, found.Nodes);
    }

    public Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string prefix, int limit, ChannelOrder order = ChannelOrder.Name) => facts.ListChannelsAsync(prefix, limit, order);

    /// <summary>Asks the other nodes. The result is what they have, without those that have nothing, and who was asked, this node first.</summary>
    private async Task<(List<T> Found, IReadOnlyList<AskedNode> Nodes)> AskAsync<T>(
        NodeQuestion question, JsonTypeInfo<T> type, Func<T, bool> isEnough, CancellationToken cancellationToken)
        where T : class
    {
        var answers = await questions.AskAsync(question, answer => Read(answer, type) is { } found && isEnough(found), cancellationToken).ConfigureAwait(false);
        // Who has found what is asked for needs nobody else. Lost nodes are not waited for: they are named.
        IEnumerable<LostNode> lost = answers.IsEnough ? [] : membership.Lost;
        var nodes = answers.Given.Select(answer => new AskedNode(answer.Node, Answered: true))
            .Concat(lost.Select(node => new AskedNode(node.Name, Answered: false, node.SeenAt)))
            .Concat(answers.Silent.Select(name => new AskedNode(name, Answered: false)))
            .DistinctBy(node => node.Name);
        return (
            [.. answers.Given.Select(answer => Read(answer, type)).OfType<T>()],
            [new AskedNode(self, Answered: true), .. nodes.OrderBy(node => node.Name, StringComparer.Ordinal)]);
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
}
