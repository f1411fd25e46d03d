using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
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

    public ValueTask<Refusal?> AuthoriseAsync(Connection connection, ClientIdentity client, object? state) =>
        PlainAccess.JudgeAsync(channels, connection, client, (PlainWish)state!);

    public void OnOpen(Connection connection)
    {
        var encoder = _encoders.For(connection);
        var wish = (PlainWish)connection.ProtocolState!;
        connection.ProtocolState = null;
        for (var i = 0; i < wish.Names.Count; i++)
            channels.Subscribe(new PlainSubscribe(connection, wish.Names[i], encoder) { AllowedBy = wish.Rules[i] });
    }

    public MessageResult OnMessage(Connection connection, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        connection.Close(CloseReason.UnsupportedData);
        return MessageResult.Continue;
    }

    public OutboundFrame CloseFrame(CloseReason reason) => reason.Frame;

    public OutboundFrame? FarewellFrame(TimeSpan comeBackAfter, string reason) => null;

    public void OnGap(Connection connection, TimeSpan duration, TimeSpan within)
    {
    }

    public void OnClosed(Connection connection) => channels.Detach(connection);

    // There is no message to say it with, and a client that goes on as if nothing had happened would wait for ever.
    private sealed class PlainSubscribe(Connection connection, ChannelName channel, IPublicationEncoder encoder)
        : SubscribeRequest(connection, channel, encoder)
    {
        public override OutboundFrame? Complete(SubscribeResult result)
        {
            // Whatever the reason is: there is no message to say it with, and a client with a part of its channels would wait for the others for ever.
            if (result is not (SubscribeResult.Subscribed or SubscribeResult.AlreadySubscribed))
                Connection.Close(CloseReason.TryAgainLater);
            return null;
        }
    }
}
