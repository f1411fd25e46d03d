using Gateway.Core.Connections;

namespace Gateway.Core.Channels;

/// <summary>A client protocol whose subscriptions the node may end. Implemented by protocols that subscribe.</summary>
internal interface IRevokes
{
    /// <summary>The rules allow a subscription no longer: ends it, and tells the client as the protocol can. Any thread but a drain's.</summary>
    void Revoke(Connection connection, ChannelName channel);
}
