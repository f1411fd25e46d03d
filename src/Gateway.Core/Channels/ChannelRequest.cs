using Gateway.Core.Access;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Channels;

/// <summary>A client's wish that its shard carries out. Protocols derive from it to say what the answer looks like.</summary>
internal abstract class ChannelRequest(Connection connection, ChannelName channel)
{
    public Connection Connection { get; } = connection;

    public ChannelName Channel { get; } = channel;
}

/// <summary>A wish to subscribe.</summary>
internal abstract class SubscribeRequest(Connection connection, ChannelName channel, IPublicationEncoder encoder)
    : ChannelRequest(connection, channel)
{
    /// <summary>Makes the frames of the channel's publications for this subscriber.</summary>
    public IPublicationEncoder Encoder { get; } = encoder;

    /// <summary>The rule that allows it; should others be in force by now, they are asked as well.</summary>
    public AccessRule? AllowedBy { get; set; }

    /// <summary>Called once, on the shard. Returns the answer to queue; null: none.</summary>
    public abstract OutboundFrame? Complete(SubscribeResult result);
}

/// <summary>A wish to unsubscribe.</summary>
internal abstract class UnsubscribeRequest(Connection connection, ChannelName channel) : ChannelRequest(connection, channel)
{
    /// <summary>Called once, on the shard, after the last publication. Returns the answer to queue; null: none.</summary>
    public abstract OutboundFrame? Complete(bool wasSubscribed);
}
