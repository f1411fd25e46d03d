using System.Diagnostics;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Options;
using Gateway.Core.Publications;

namespace Gateway.Core.Relay;

/// <summary>Publishes to a channel's subscribers on every node.</summary>
public interface IPublisher
{
    /// <summary>Completes when the broker has taken it.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="payload">At most <see cref="LimitOptions.MaxPublicationBytes"/>; the caller sees to that.</param>
    /// <param name="source">For the metric.</param>
    /// <param name="cancellationToken">Stops waiting; the publication may go out all the same.</param>
    /// <param name="parent">The trace that asks for it; the default: none.</param>
    /// <param name="key">What it is about, for channels whose slow consumers get only the newest about it; see <see cref="PublicationKey"/>. Null: none is given.</param>
    /// <param name="isBinary">Subscribers get it as bytes, also where the bytes happen to be text.</param>
    /// <exception cref="BrokerUnavailableException">The broker did not confirm it.</exception>
    /// <exception cref="NodeOverloadedException">The node is short of memory; nothing was published.</exception>
    ValueTask PublishAsync(
        ChannelName channel, ReadOnlyMemory<byte> payload, PublicationSource source, CancellationToken cancellationToken, ActivityContext parent = default, string? key = null, bool isBinary = false);
}

/// <summary>Who published.</summary>
public enum PublicationSource
{
    /// <summary>A backend, by the admin API.</summary>
    Api,

    /// <summary>A client.</summary>
    Client,
}
