using Gateway.Core.Channels;
using Gateway.Core.Diagnosis;

namespace Gateway.Core.Investigation;

/// <summary>"Why did they not get it?", and who is where: what this node knows, what the others say, and what follows.</summary>
public interface IInvestigator
{
    /// <summary>Most that <see cref="FindLaggingAsync"/> finds.</summary>
    const int MaxLagging = LaggingScan.MaxLimit;

    /// <summary>Most that <see cref="FindSubscribersAsync"/> and <see cref="FindEndedAsync"/> find: with the longest names an answer keeps within its bound.</summary>
    const int MaxListed = 100;

    /// <summary>The connections of all nodes for which most waits.</summary>
    /// <param name="limit">At most so many, up to <see cref="MaxLagging"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<LaggingReport> FindLaggingAsync(int limit, CancellationToken cancellationToken);

    /// <summary>A connection, on whichever node it is, or its end.</summary>
    Task<ConnectionSearch> SearchConnectionAsync(string id, CancellationToken cancellationToken);

    /// <summary>A channel's subscribers on all nodes.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="limit">At most so many, up to <see cref="MaxListed"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<SubscriberReport> FindSubscribersAsync(ChannelName channel, int limit, CancellationToken cancellationToken);

    /// <summary>The connections of all nodes that ended last.</summary>
    /// <param name="limit">At most so many, up to <see cref="MaxListed"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<EndedReport> FindEndedAsync(int limit, CancellationToken cancellationToken);

    /// <summary>A user's connections on all nodes.</summary>
    Task<UserReport> FindUserAsync(string user, CancellationToken cancellationToken);

    /// <summary>Why a client did not get a publication.</summary>
    /// <param name="channel">The channel; what is no channel's name is told so.</param>
    /// <param name="connection">The connection; null: none in particular.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Explanation> ExplainAsync(string channel, string? connection, CancellationToken cancellationToken);

    /// <summary>Why a user did not get a publication, by each of its connections.</summary>
    Task<UserExplanation> ExplainUserAsync(string channel, string user, CancellationToken cancellationToken);

    /// <summary>This node's channels.</summary>
    /// <param name="prefix">Only names that begin so; empty: all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="order">The first of them in this order.</param>
    Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string prefix, int limit, ChannelOrder order = ChannelOrder.Name);
}

/// <summary>One channel on this node, for operators.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Subscribers">Active subscriptions on this node.</param>
/// <param name="State">At the broker: idle, subscribing, subscribed, leaving.</param>
public sealed record ChannelInfo(string Name, int Subscribers, string State);

/// <summary>In which order channels are listed.</summary>
public enum ChannelOrder
{
    /// <summary>By name.</summary>
    Name,

    /// <summary>Those with the most subscribers on this node first, then by name.</summary>
    Subscribers,
}
