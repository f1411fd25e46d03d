using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Protocols.Json;

/// <summary>A subscribe command on its way through the shard and back.</summary>
/// <param name="connection">Who asks.</param>
/// <param name="channel">For what.</param>
/// <param name="encoder">Makes its messages.</param>
/// <param name="id">The command's id as it stood in the JSON; empty: none.</param>
internal sealed class JsonSubscribe(Connection connection, ChannelName channel, IPublicationEncoder encoder, byte[] id)
    : SubscribeRequest(connection, channel, encoder)
{
    /// <summary>The answer of whoever decided that the client may not.</summary>
    public OutboundFrame Refuse(in AccessVerdict verdict) => JsonAnswers.Refusal(id, verdict);

    public override OutboundFrame? Complete(SubscribeResult result)
    {
        Connection.EndCommand();
        return result switch
        {
            SubscribeResult.Subscribed => JsonMessages.Ok(id, Channel),
            SubscribeResult.AlreadySubscribed => JsonMessages.Error(id, JsonError.AlreadySubscribed, "This connection is subscribed to the channel."),
            SubscribeResult.TooMany => JsonMessages.Error(id, JsonError.TooManySubscriptions, "This connection has as many subscriptions as it may have."),
            SubscribeResult.TooManyChannels => JsonMessages.Error(id, JsonError.TooManyChannels, "The node has as many channels as it may have, or this client as many of them as is its share; leave others, or try again later."),
            SubscribeResult.Overloaded => JsonMessages.Error(id, JsonError.Overloaded, "The node is short of memory; try again in a moment."),
            _ => JsonMessages.Error(id, JsonError.Unavailable, "The broker did not confirm the subscription; try again in a moment."),
        };
    }
}

/// <summary>An unsubscribe command on its way through the shard and back.</summary>
/// <param name="connection">Who asks.</param>
/// <param name="channel">For what.</param>
/// <param name="id">The command's id as it stood in the JSON; empty: none.</param>
internal sealed class JsonUnsubscribe(Connection connection, ChannelName channel, byte[] id) : UnsubscribeRequest(connection, channel)
{
    public override OutboundFrame? Complete(bool wasSubscribed)
    {
        Connection.EndCommand();
        return wasSubscribed
            ? JsonMessages.Ok(id, Channel)
            : JsonMessages.Error(id, JsonError.NotSubscribed, "This connection is not subscribed to the channel.");
    }
}

/// <summary>An end of a subscription that nobody has asked for: changed rules do not allow it.</summary>
/// <param name="connection">Whose.</param>
/// <param name="channel">To what.</param>
internal sealed class JsonForbidden(Connection connection, ChannelName channel) : UnsubscribeRequest(connection, channel)
{
    // Who has left meanwhile need not be told.
    public override OutboundFrame? Complete(bool wasSubscribed) => wasSubscribed ? JsonMessages.Unsubscribed(Channel, "rules") : null;
}
