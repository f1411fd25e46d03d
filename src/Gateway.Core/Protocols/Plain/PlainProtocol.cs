using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Protocols.Plain;

/// <summary>
/// Plain mode, for shells and devices: the URL subscribes, and each frame is a payload as it was published. There is no envelope, so
/// nothing but payloads can be said: what a client must know else, it learns from the close code.
/// </summary>
internal sealed class PlainProtocol(IChannels channels) : IMessageHandler
{
    private readonly EncoderSet _encoders = new(new PlainEncoder());

    public string Name => "plain";

    public ClientProtocol Label => ClientProtocol.Plain;

    public bool NeedsAdmission => true;

    public void OnOpen(Connection connection)
    {
        var encoder = _encoders.For(connection);
        foreach (var name in (IReadOnlyList<ChannelName>)connection.ProtocolState!)
            channels.Subscribe(new PlainSubscribe(connection, name, encoder));
        connection.ProtocolState = null;
    }

    public MessageResult OnMessage(Connection connection, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        connection.Close(CloseReason.UnsupportedData);
        return MessageResult.Continue;
    }

    public OutboundFrame CloseFrame(CloseReason reason) => reason.Frame;

    public OutboundFrame? FarewellFrame(TimeSpan comeBackAfter, string reason) => null;

    public void OnGap(Connection connection, TimeSpan duration)
    {
    }

    public void OnClosed(Connection connection) => channels.Detach(connection);

    private sealed class PlainSubscribe(Connection connection, ChannelName channel, IPublicationEncoder encoder)
        : SubscribeRequest(connection, channel, encoder)
    {
        public override OutboundFrame? Complete(SubscribeResult result)
        {
            if (result is SubscribeResult.Unavailable or SubscribeResult.TooManyChannels)
                Connection.Close(CloseReason.TryAgainLater);
            return null;
        }
    }
}
