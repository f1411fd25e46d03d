using Gateway.Core.Access;
using Gateway.Core.Connections;

namespace Gateway.Core.Channels;

/// <summary>What client protocols ask of the node. Implemented above, by <c>Relay/ClientWishes</c>. Calls return at once.</summary>
internal interface IChannels
{
    /// <summary>What the rules say by themselves of a client's wish. Allocates nothing.</summary>
    AccessVerdict Judge(ChannelName channel, ClientIdentity client, ChannelAction action);

    /// <summary>The same, and whoever the rules leave it to is asked. Throws nothing; continues on the pool if somebody was waited for.</summary>
    ValueTask<AccessVerdict> AskAsync(AccessWish wish);

    /// <summary>
    /// Subscribes. When the broker has confirmed, the subscription is activated and the request's answer queued in one step, so that
    /// the answer stands before the first publication.
    /// </summary>
    void Subscribe(SubscribeRequest request);

    /// <summary>Unsubscribes; the answer stands after the last publication.</summary>
    void Unsubscribe(UnsubscribeRequest request);

    /// <summary>Publishes; throws nothing. The payload is not looked at again after the call has returned a completed task.</summary>
    /// <param name="channel">Where to.</param>
    /// <param name="payload">What.</param>
    /// <param name="key">What it is about; null: the client gave none.</param>
    /// <param name="isBinary">Subscribers get bytes, also where they happen to be text.</param>
    ValueTask<PublishResult> PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, string? key = null, bool isBinary = false);

    /// <summary>The connection is gone: its subscriptions go too.</summary>
    void Detach(Connection connection);
}

/// <summary>What became of a client's publication.</summary>
internal enum PublishResult
{
    Published,

    TooLarge,

    /// <summary>The node is short of memory; nothing was published.</summary>
    Overloaded,

    /// <summary>The broker did not confirm it.</summary>
    Unavailable,
}

/// <summary>What became of a request to subscribe.</summary>
internal enum SubscribeResult
{
    Subscribed,

    /// <summary>The connection is subscribed already; nothing changed.</summary>
    AlreadySubscribed,

    /// <summary>The connection has as many subscriptions as it may have.</summary>
    TooMany,

    /// <summary>The node has as many channels as it may have, or what is left is for others.</summary>
    TooManyChannels,

    /// <summary>The node has no memory for it.</summary>
    Overloaded,

    /// <summary>The broker did not confirm it.</summary>
    Unavailable,
}
