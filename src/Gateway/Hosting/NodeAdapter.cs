using System.Diagnostics;
using System.Net;
using Gateway.Admin;
using Gateway.Core;
using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Cluster;
using Gateway.Core.Diagnosis;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Hosting;

/// <summary>Joins the engine's node and server into what the host and its admin side use.</summary>
internal sealed class NodeAdapter(GatewayNode node, GatewayServer server) : INodeAdmin, INodeServer
{
    private volatile bool _started;

    public string Name => node.Name;

    public DateTimeOffset StartedAt => node.StartedAt;

    public IReadOnlyList<IPEndPoint> EndPoints => _started ? server.EndPoints : [];

    // The admin side answers before the server listens.
    public NodeReadiness Readiness => _started ? server.Readiness : new NodeReadiness(false, "starting");

    public string BrokerName => node.Broker.Name;

    public BrokerStatus BrokerStatus => node.Broker.Status;

    public int ConnectionCount => node.ConnectionCount;

    public int MaxConnections => node.MaxConnections;

    public int ChannelCount => node.ChannelCount;

    public int SubscriptionCount => node.SubscriptionCount;

    public DrainStatus DrainStatus => node.DrainStatus;

    public IReadOnlyList<NodeAnnouncement> Nodes => node.Nodes;

    public IReadOnlyList<TrafficPoint> Traffic => node.Traffic;

    public void BeginDrain() => server.BeginDrain();

    public bool CancelDrain() => server.CancelDrain();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync(cancellationToken).ConfigureAwait(false);
        _started = true;
    }

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public ValueTask PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, bool isBinary, string? key, ActivityContext trace, CancellationToken cancellationToken) =>
        node.PublishAsync(channel, payload, PublicationSource.Api, cancellationToken, trace, key, isBinary);

    public Task<ConnectionSearch> SearchConnectionAsync(string id, CancellationToken cancellationToken) => node.SearchConnectionAsync(id, cancellationToken);

    public Task<LaggingReport> FindLaggingAsync(int limit, CancellationToken cancellationToken) => node.FindLaggingAsync(limit, cancellationToken);

    public Task<SubscriberReport> FindSubscribersAsync(ChannelName channel, int limit, CancellationToken cancellationToken) =>
        node.FindSubscribersAsync(channel, limit, cancellationToken);

    public Task<EndedReport> FindEndedAsync(int limit, CancellationToken cancellationToken) => node.FindEndedAsync(limit, cancellationToken);

    public Task<Explanation> ExplainAsync(string channel, string? connection, CancellationToken cancellationToken) =>
        node.ExplainAsync(channel, connection, cancellationToken);

    public bool ApplyRules(IEnumerable<RuleOptions> rules) => node.ApplyRules(rules);

    public RulesInForce Rules => node.Rules;

    public Task<AccessExplanation> ExplainAccessAsync(ClientIdentity client, ChannelName channel, ChannelAction action, bool ask, CancellationToken cancellationToken) =>
        node.ExplainAccessAsync(client, channel, action, ask, cancellationToken);

    public Task<UserExplanation> ExplainUserAsync(string channel, string user, CancellationToken cancellationToken) =>
        node.ExplainUserAsync(channel, user, cancellationToken);

    public Task<UserReport> FindUserAsync(string user, CancellationToken cancellationToken) => node.FindUserAsync(user, cancellationToken);

    public Task<int> DisconnectUserAsync(string user, CancellationToken cancellationToken) => node.DisconnectUserAsync(user, cancellationToken);

    public Task<DateTimeOffset?> RevokeAsync(string? user, string? tokenId, TimeSpan? period, CancellationToken cancellationToken) =>
        node.RevokeAsync(user, tokenId, period, cancellationToken);

    public Task<DisconnectResult> DisconnectAsync(string id, CancellationToken cancellationToken) =>
        node.DisconnectAsync(id, cancellationToken);

    public Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string prefix, int limit, ChannelOrder order) => node.ListChannelsAsync(prefix, limit, order);
}
