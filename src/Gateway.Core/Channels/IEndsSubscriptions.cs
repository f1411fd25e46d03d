using Gateway.Core.Connections;

namespace Gateway.Core.Channels;

/// <summary>
/// A client protocol that can tell a client of one subscription that it has ended, and keep it for the others. A protocol that subscribes and cannot loses
/// the connection with the subscription.
/// </summary>
internal interface IEndsSubscriptions
{
    /// <summary>The rules allow a subscription no longer: ends it, and tells the client as the protocol can. Any thread but a shard's in its turn.</summary>
    void EndSubscription(Connection connection, ChannelName channel);
}
