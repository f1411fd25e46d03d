using System.Text;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Protocols.Json;

/// <summary>The native protocol, <c>gateway.v1</c>: JSON, one object a text message. Specified in docs/protocol.md.</summary>
internal sealed class JsonProtocol(IChannels channels, string node, HeartbeatOptions heartbeat) : IMessageHandler
{
    private const string SubprotocolName = "gateway.v1";

    private readonly EncoderSet _encoders = new(new JsonEncoder());

    public string Name => "json";

    public ClientProtocol Label => ClientProtocol.Json;

    public bool NeedsAdmission => true;

    /// <summary>The subprotocol to answer with: ours if the client offers it, else none.</summary>
    public static string? Subprotocol(IReadOnlyList<string> offered) => offered.Contains(SubprotocolName) ? SubprotocolName : null;

    public void OnOpen(Connection connection) =>
        connection.Reply(JsonMessages.Welcome(connection.Id, node, heartbeat.Interval));

    public MessageResult OnMessage(Connection connection, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode != Opcode.Text)
        {
            connection.Close(CloseReason.UnsupportedData);
            return MessageResult.Continue;
        }

        if (!JsonCommand.TryParse(payload, out var command))
        {
            connection.Reply(JsonMessages.Error([], JsonError.BadRequest, "A message is one JSON object with a field \"type\"."));
            connection.Close(CloseReason.BadRequest);
            return MessageResult.Continue;
        }

        return command.Type switch
        {
            JsonCommandType.Subscribe => Subscribe(connection, command),
            JsonCommandType.Unsubscribe => Unsubscribe(connection, command),
            JsonCommandType.Publish => Publish(connection, command),
            JsonCommandType.Ping => Answer(connection, JsonMessages.Pong(command.Id)),
            _ => Answer(connection, JsonMessages.Error(command.Id, JsonError.UnknownType, "Known types: subscribe, unsubscribe, publish, ping.")),
        };
    }

    public OutboundFrame CloseFrame(CloseReason reason) => reason.Frame;

    public OutboundFrame? FarewellFrame(TimeSpan comeBackAfter, string reason) => JsonMessages.Reconnect(comeBackAfter, reason);

    public OutboundFrame? SkippedFrame(string channel, long count) => JsonMessages.Skipped(channel, count);

    public void OnGap(Connection connection, TimeSpan duration)
    {
        if (connection.ShardState is not null)
            connection.Send(JsonMessages.Gap(duration));
    }

    public void OnClosed(Connection connection) => channels.Detach(connection);

    private MessageResult Subscribe(Connection connection, in JsonCommand command)
    {
        if (!ChannelName.TryParse(command.Channel, out var channel))
            return Answer(connection, InvalidChannel(command.Id));
        if (!channels.MaySubscribe(channel))
            return Answer(connection, JsonMessages.Error(command.Id, JsonError.Forbidden, "This channel may not be subscribed to."));
        var result = connection.BeginCommand();
        channels.Subscribe(new JsonSubscribe(connection, channel, _encoders.For(connection), command.Id.ToArray()));
        return result;
    }

    private MessageResult Unsubscribe(Connection connection, in JsonCommand command)
    {
        if (!ChannelName.TryParse(command.Channel, out var channel))
            return Answer(connection, InvalidChannel(command.Id));
        var result = connection.BeginCommand();
        channels.Unsubscribe(new JsonUnsubscribe(connection, channel, command.Id.ToArray()));
        return result;
    }

    private MessageResult Publish(Connection connection, in JsonCommand command)
    {
        if (!ChannelName.TryParse(command.Channel, out var channel))
            return Answer(connection, InvalidChannel(command.Id));
        if (!channels.MayPublish(channel))
            return Answer(connection, JsonMessages.Error(command.Id, JsonError.Forbidden, "Clients may not publish to this channel."));
        if (!command.HasData)
            return Answer(connection, JsonMessages.Error(command.Id, JsonError.BadRequest, "A publication has a field \"data\"."));
        if (command.HasKey && command.Key.Length is 0 or > PublicationKey.MaxBytes)
            return Answer(connection, JsonMessages.Error(command.Id, JsonError.BadRequest, "A key has 1 to 255 bytes."));
        var key = command.HasKey ? Encoding.UTF8.GetString(command.Key) : null;
        var result = connection.BeginCommand();
        _ = PublishAsync(connection, channel, command.Data.ToArray(), key, command.Id.ToArray());
        return result;
    }

    private async Task PublishAsync(Connection connection, ChannelName channel, byte[] data, string? key, byte[] id)
    {
        var result = await channels.PublishAsync(channel, data, key).ConfigureAwait(false);
        connection.Send(result switch
        {
            PublishResult.Published => JsonMessages.Ok(id, channel),
            PublishResult.TooLarge => JsonMessages.Error(id, JsonError.TooLarge, "The data is larger than a publication may be."),
            PublishResult.Overloaded => JsonMessages.Error(id, JsonError.Overloaded, "The node is short of memory; the publication was not made. Try again in a moment."),
            _ => JsonMessages.Error(id, JsonError.Unavailable, "The broker did not confirm the publication; it may have been delivered all the same."),
        });
        connection.EndCommand();
    }

    private static OutboundFrame InvalidChannel(ReadOnlySpan<byte> id) =>
        JsonMessages.Error(id, JsonError.InvalidChannel, "A channel name has 1 to 255 bytes and no spaces, commas or control characters.");

    private static MessageResult Answer(Connection connection, OutboundFrame answer)
    {
        connection.Reply(answer);
        return MessageResult.Continue;
    }
}
