using System.Diagnostics;
using System.Net;
using Gateway.Core;
using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Cluster;
using Gateway.Core.Diagnosis;
using Gateway.Core.Investigation;
using Gateway.Core.Options;
using Gateway.Core.Relay;
using Gateway.Core.Removal;
using Gateway.Core.Rules;
using Gateway.Core.Telemetry;

namespace Gateway.Tests.Admin;

/// <summary>A node that does what a test tells it to.</summary>
internal sealed class FakeNode : INodeStatus, INodeServer, IPublisher, IInvestigator, IRemovals, IRuleBook
{
    /// <summary>Of the last publication.</summary>
    public string? Key { get; private set; }

    public bool IsBinary { get; private set; }

    public List<(string Channel, byte[] Payload)> Published { get; } = [];

    /// <summary>What the last publication was asked for by.</summary>
    public ActivityContext Trace { get; private set; }

    /// <summary>What publishing to a channel throws; nothing by default.</summary>
    public Func<ChannelName, Exception?> PublishFault { get; set; } = _ => null;

    public Func<Task> Starting { get; set; } = () => Task.CompletedTask;

    public Func<Task> Stopping { get; set; } = () => Task.CompletedTask;

    public Func<string, DisconnectResult> Disconnect { get; set; } = _ => DisconnectResult.Relayed;

    public Dictionary<string, ConnectionInfo> Connections { get; } = [];

    public List<ChannelInfo> Channels { get; } = [];

    public string Name => "node-1";

    public DateTimeOffset StartedAt { get; set; } = DateTimeOffset.UnixEpoch;

    public IReadOnlyList<IPEndPoint> EndPoints { get; set; } = [new(IPAddress.IPv6Any, 8080)];

    public NodeReadiness Readiness { get; set; } = new(true, "ready");

    public string BrokerName => "in-process";

    public BrokerStatus BrokerStatus { get; set; } = new(true, true, "in process");

    public int ConnectionCount => 3;

    public int MaxConnections => 1000;

    public int ChannelCount => 2;

    public int SubscriptionCount => 5;

    public DrainStatus DrainStatus { get; set; } = new(DrainState.None, null, null, 0, 0, 3);

    public IReadOnlyList<NodeAnnouncement> Nodes { get; set; } = [];

    public void BeginDrain() => DrainStatus = new(DrainState.Draining, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(1), 500, 1, 2);

    public bool CancelDrain()
    {
        var isDraining = DrainStatus.State != DrainState.None;
        DrainStatus = new(DrainState.None, null, null, 0, 0, 3);
        return isDraining;
    }

    /// <summary>What was asked of users, in words.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>What asking for a user's end throws; null: nothing.</summary>
    public BrokerUnavailableException? UserFault { get; set; }

    /// <summary>When a revocation is forgotten; null: there are too many.</summary>
    public DateTimeOffset? RevokedUntil { get; set; } = DateTimeOffset.UnixEpoch;

    public Task<UserExplanation> ExplainUserAsync(string channel, string user, CancellationToken cancellationToken) =>
        Task.FromResult(new UserExplanation(channel, user, [], [], [new AskedNode(Name, true)]));

    public Task<UserReport> FindUserAsync(string user, CancellationToken cancellationToken) =>
        Task.FromResult(new UserReport(user, Connections.Count, [.. Connections.Values], [new AskedNode(Name, true)]));

    public Task<int> DisconnectUserAsync(string user, CancellationToken cancellationToken)
    {
        Asked.Add("disconnect " + user);
        return UserFault is { } fault ? throw fault : Task.FromResult(2);
    }

    public Task<DateTimeOffset?> RevokeAsync(string? user, string? tokenId, TimeSpan? period, CancellationToken cancellationToken)
    {
        Asked.Add($"revoke {user}/{tokenId} for {period}");
        return UserFault is { } fault ? throw fault : Task.FromResult(RevokedUntil);
    }

    public ValueTask PublishAsync(
        ChannelName channel, ReadOnlyMemory<byte> payload, PublicationSource source, CancellationToken cancellationToken, ActivityContext parent, string? key, bool isBinary)
    {
        (Trace, Key, IsBinary) = (parent, key, isBinary);
        if (PublishFault(channel) is { } fault)
            throw fault;
        lock (Published)
            Published.Add((channel.Text, payload.ToArray()));
        return ValueTask.CompletedTask;
    }

    /// <summary>What a search finds that <see cref="Connections"/> does not have.</summary>
    public Func<string, ConnectionSearch> Search { get; set; } = _ => new ConnectionSearch(null, null, [new AskedNode("node-1", true)]);

    public IReadOnlyList<TrafficPoint> Traffic { get; set; } = [];

    public Func<string, int, SubscriberReport> Subscribers { get; set; } = (channel, _) => new SubscriberReport(channel, 0, [], [new AskedNode("node-1", true)]);

    public Func<int, EndedReport> Ended { get; set; } = _ => new EndedReport([], [new AskedNode("node-1", true)]);

    public Func<int, LaggingReport> Lagging { get; set; } = _ => new LaggingReport([], [new AskedNode("node-1", true)]);

    public Func<string, string?, Explanation> Explain { get; set; } = (channel, connection) => new Explanation(channel, connection, [], [], []);

    public Task<ConnectionSearch> SearchConnectionAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(Connections.TryGetValue(id, out var connection) ? new ConnectionSearch(connection, null, []) : Search(id));

    public Task<LaggingReport> FindLaggingAsync(int limit, CancellationToken cancellationToken) => Task.FromResult(Lagging(limit));

    public Task<SubscriberReport> FindSubscribersAsync(ChannelName channel, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Subscribers(channel.Text, limit));

    public Task<EndedReport> FindEndedAsync(int limit, CancellationToken cancellationToken) => Task.FromResult(Ended(limit));

    public Task<Explanation> ExplainAsync(string channel, string? connection, CancellationToken cancellationToken) =>
        Task.FromResult(Explain(channel, connection));

    public List<RuleOptions> Applied { get; } = [];

    public bool ApplyRules(IEnumerable<RuleOptions> rules)
    {
        Applied.Clear();
        Applied.AddRange(rules);
        return true;
    }

    public RulesInForce Rules { get; set; } = new("0123456789abcdef", DateTimeOffset.UnixEpoch, []);

    public List<(ClientIdentity Client, string Channel, ChannelAction Action, bool Ask)> Explained { get; } = [];

    public Task<AccessExplanation> ExplainAccessAsync(ClientIdentity client, ChannelName channel, ChannelAction action, bool ask, CancellationToken cancellationToken)
    {
        Explained.Add((client, channel.Text, action, ask));
        return Task.FromResult(new AccessExplanation("forbidden", null, null, null, "No rule.", null, "No."));
    }

    public Task<DisconnectResult> DisconnectAsync(string id, CancellationToken cancellationToken) => Task.FromResult(Disconnect(id));

    public Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string prefix, int limit, ChannelOrder order) =>
        Task.FromResult<IReadOnlyList<ChannelInfo>>(
            [.. Channels.Where(channel => channel.Name.StartsWith(prefix, StringComparison.Ordinal))
                .OrderByDescending(channel => order == ChannelOrder.Subscribers ? channel.Subscribers : 0).Take(limit)]);

    public Task StartAsync(CancellationToken cancellationToken) => Starting();

    public Task StopAsync(CancellationToken cancellationToken) => Stopping();
}
