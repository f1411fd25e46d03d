using System.Diagnostics;
using System.Net;
using Gateway.Core;
using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Cluster;
using Gateway.Core.Diagnosis;
using Gateway.Core.Telemetry;

namespace Gateway.Admin;

/// <summary>What the admin side needs of a node.</summary>
internal interface INodeAdmin
{
    /// <summary>The node's name.</summary>
    string Name { get; }

    /// <summary>When it started.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Where clients connect: the real addresses; none before the node listens.</summary>
    IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>Whether the node may take clients, and why not.</summary>
    NodeReadiness Readiness { get; }

    /// <summary>The broker's name.</summary>
    string BrokerName { get; }

    /// <summary>The broker's state.</summary>
    BrokerStatus BrokerStatus { get; }

    /// <summary>Open connections.</summary>
    int ConnectionCount { get; }

    /// <summary>Connections the node takes.</summary>
    int MaxConnections { get; }

    /// <summary>Channels with a subscriber on this node.</summary>
    int ChannelCount { get; }

    /// <summary>Subscriptions of all connections.</summary>
    int SubscriptionCount { get; }

    /// <summary>How far a drain is.</summary>
    DrainStatus DrainStatus { get; }

    /// <summary>All nodes as they last announced themselves; empty while nothing is known.</summary>
    IReadOnlyList<NodeAnnouncement> Nodes { get; }

    /// <summary>How it has been of late, oldest first.</summary>
    IReadOnlyList<TrafficPoint> Traffic { get; }

    /// <summary>Sends all clients away and takes none; the node goes on running.</summary>
    void BeginDrain();

    /// <summary>Calls a drain off. False: there is none, or the node is stopping.</summary>
    bool CancelDrain();

    /// <summary>Publishes to every node's subscribers; completes when the broker has taken the message.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="isBinary">Subscribers get bytes, also where they happen to be text.</param>
    /// <param name="key">What it is about; null: none is given.</param>
    /// <param name="trace">The trace that asks for it; the default: none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BrokerUnavailableException">It did not within its deadline.</exception>
    ValueTask PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, bool isBinary, string? key, ActivityContext trace, CancellationToken cancellationToken);

    /// <summary>A connection, on whichever node it is, or its end.</summary>
    Task<ConnectionSearch> SearchConnectionAsync(string id, CancellationToken cancellationToken);

    /// <summary>The connections of all nodes for which most waits.</summary>
    Task<LaggingReport> FindLaggingAsync(int limit, CancellationToken cancellationToken);

    /// <summary>A channel's subscribers on all nodes.</summary>
    Task<SubscriberReport> FindSubscribersAsync(ChannelName channel, int limit, CancellationToken cancellationToken);

    /// <summary>The connections of all nodes that ended last.</summary>
    Task<EndedReport> FindEndedAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Why a client did not get a publication.</summary>
    Task<Explanation> ExplainAsync(string channel, string? connection, CancellationToken cancellationToken);

    /// <summary>The rules about channels that are in force.</summary>
    RulesInForce Rules { get; }

    /// <summary>What the rules say of a client's wish, and why.</summary>
    Task<AccessExplanation> ExplainAccessAsync(ClientIdentity client, ChannelName channel, ChannelAction action, bool ask, CancellationToken cancellationToken);

    /// <summary>Why a user did not get a publication, by each of its connections.</summary>
    Task<UserExplanation> ExplainUserAsync(string channel, string user, CancellationToken cancellationToken);

    /// <summary>A user's connections on all nodes.</summary>
    Task<UserReport> FindUserAsync(string user, CancellationToken cancellationToken);

    /// <summary>Ends all connections of a user here, and asks the other nodes to. Returns how many were here.</summary>
    /// <exception cref="BrokerUnavailableException">The broker did not take the request.</exception>
    Task<int> DisconnectUserAsync(string user, CancellationToken cancellationToken);

    /// <summary>Takes a user's tokens back, or one by its id. Returns when that is forgotten; null: there are too many.</summary>
    /// <exception cref="BrokerUnavailableException">This node refuses them; the others may not have been told.</exception>
    Task<DateTimeOffset?> RevokeAsync(string? user, string? tokenId, TimeSpan? period, CancellationToken cancellationToken);

    /// <summary>Ends a connection here, or asks the other nodes to.</summary>
    /// <exception cref="BrokerUnavailableException">It is not here, and the broker did not take the request.</exception>
    Task<DisconnectResult> DisconnectAsync(string id, CancellationToken cancellationToken);

    /// <summary>Channels with a subscriber on this node.</summary>
    Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string prefix, int limit, ChannelOrder order);
}
