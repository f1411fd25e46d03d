using System.Text;
using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Publications;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Protocols.Json;

/// <summary>The native protocol, <c>gateway.v1</c>: JSON, one object a text message. Specified in docs/protocol.md.</summary>
internal sealed class JsonProtocol(IChannels channels, string node, HeartbeatOptions heartbeat) : IMessageHandler, IEndsSubscriptions
{
    private const string SubprotocolName = "gateway.v1";

    private readonly EncoderSet _encoders = new(new JsonEncoder());
    private readonly JsonCommandsInTurn _inTurn = new(channels);

    public string Name => "json";

    public ClientProtocol Label => ClientProtocol.Json;

    public bool NeedsAdmission => true;

    public HopelessBeginning? IsHopeless { get; } = JsonCommand.HasTooManyFields;

    /// <summary>The subprotocol to answer with: ours if the client offers it, else none.</summary>
    public static string? Subprotocol(IReadOnlyList<string> offered) => offered.Contains(SubprotocolName) ? SubprotocolName : null;

    public void OnOpen(Connection connection) =>
        connection.Reply(JsonMessages.Welcome(connection.Id, node, heartbeat.Interval, connection.ExpiresIn));

    public MessageResult OnMessage(Connection connection, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode != Opcode.Text)
        {
            connection.Close(CloseReason.UnsupportedData);
            return MessageResult.Continue;
        }

        if (!JsonCommand.TryParse(payload, out var command))
        {
            // Right as JSON, as far as was looked: a client that keeps its state in an object is told, and goes on.
            if (JsonCommand.HasTooManyFields(payload))
                return Answer(connection, JsonMessages.Error([], JsonError.TooLarge, "A message has at most 64 fields; what a publication is about stands in its \"data\"."));
            connection.Reply(JsonMessages.Error([], JsonError.BadRequest, "A message is one JSON object with a field \"type\", and of 16 KiB beside the data of a publication."));
            connection.Close(CloseReason.BadRequest);
            return MessageResult.Continue;
        }

        return command.Type switch
        {
            JsonCommandType.Subscribe => Subscribe(connection, command),
            JsonCommandType.Unsubscribe => Unsubscribe(connection, command),
            JsonCommandType.Publish => Publish(connection, command),
            JsonCommandType.Ping => Answer(connection, JsonMessages.Pong(command.Id)),
            JsonCommandType.Refresh => Refresh(connection, command),
            _ => Answer(connection, JsonMessages.Error(command.Id, JsonError.UnknownType, "Known types: subscribe, unsubscribe, publish, ping, refresh.")),
        };
    }

    public OutboundFrame CloseFrame(CloseReason reason) => reason.Frame;

    public OutboundFrame? FarewellFrame(TimeSpan comeBackAfter, string reason) => JsonMessages.Reconnect(comeBackAfter, reason);

    public OutboundFrame? ExpiringFrame(TimeSpan left) => JsonMessages.Expiring(left);

    public OutboundFrame? SkippedFrame(string channel, long count) => JsonMessages.Skipped(channel, count);

    public void OnGap(Connection connection, TimeSpan duration, TimeSpan within)
    {
        if (connection.ShardState is not null)
            connection.Send(JsonMessages.Gap(duration, within));
    }

    public void OnClosed(Connection connection) => channels.Detach(connection);

    public void EndSubscription(Connection connection, ChannelName channel)
    {
        channels.Unsubscribe(new JsonForbidden(connection, channel));
        connection.Flush(); // it is no turn of the connection's own, at whose end that would be done
    }

    private MessageResult Subscribe(Connection connection, in JsonCommand command)
    {
        if (!ChannelName.TryParse(command.Channel, out var channel))
            return Answer(connection, JsonAnswers.InvalidChannel(command.Id));
        var mustWait = ChannelTurns.AreTaken(connection, channel);
        var verdict = mustWait ? default : channels.Judge(channel, connection.Identity, ChannelAction.Subscribe);
        if (!mustWait && !verdict.IsAllowed && !verdict.IsUndecided)
            return Answer(connection, JsonAnswers.Refusal(command.Id, verdict));
        var result = connection.BeginCommand();
        var request = new JsonSubscribe(connection, channel, _encoders.For(connection), command.Id.ToArray()) { AllowedBy = verdict.Rule };
        if (verdict.IsAllowed)
            channels.Subscribe(request);
        else
            _inTurn.Subscribe(request, Encoding.UTF8.GetString(command.Token));
        return result;
    }

    private MessageResult Unsubscribe(Connection connection, in JsonCommand command)
    {
        if (!ChannelName.TryParse(command.Channel, out var channel))
            return Answer(connection, JsonAnswers.InvalidChannel(command.Id));
        var result = connection.BeginCommand();
        var request = new JsonUnsubscribe(connection, channel, command.Id.ToArray());
        if (ChannelTurns.AreTaken(connection, channel))
            _inTurn.Unsubscribe(request);
        else
            channels.Unsubscribe(request);
        return result;
    }

    private MessageResult Publish(Connection connection, in JsonCommand command)
    {
        if (!ChannelName.TryParse(command.Channel, out var channel))
            return Answer(connection, JsonAnswers.InvalidChannel(command.Id));
        var mustWait = ChannelTurns.AreTaken(connection, channel);
        var verdict = mustWait ? default : channels.Judge(channel, connection.Identity, ChannelAction.Publish);
        if (!mustWait && !verdict.IsAllowed && !verdict.IsUndecided)
            return Answer(connection, JsonAnswers.Refusal(command.Id, verdict));
        if (command.HasData == command.HasBinary)
            return Answer(connection, JsonMessages.Error(command.Id, JsonError.BadRequest, "A publication has a field \"data\" or, for bytes, \"binary\"."));
        if (command.HasKey && command.Key.Length is 0 or > PublicationKey.MaxBytes)
            return Answer(connection, JsonMessages.Error(command.Id, JsonError.BadRequest, "A key has 1 to 255 bytes."));
        var key = command.HasKey ? Encoding.UTF8.GetString(command.Key) : null;
        var binary = command.HasBinary ? command.DecodeBinary() : null;
        if (command.HasBinary && binary is null)
            return Answer(connection, JsonMessages.Error(command.Id, JsonError.BadRequest, "The field \"binary\" is base64 (RFC 4648, section 4)."));
        var length = binary?.Length ?? command.Data.Length;
        if (verdict.IsAllowed && JsonAnswers.IsTooLarge(verdict, length))
            return Answer(connection, JsonAnswers.TooLarge(command.Id));
        if (!connection.TryCountWaiting(length))
            return Answer(connection, JsonAnswers.Overloaded(command.Id));
        var result = connection.BeginCommand();
        var publication = new JsonPublication(connection, channel, binary ?? command.Data.ToArray(), binary is not null, key, command.Id.ToArray());
        if (verdict.IsAllowed)
            _ = JsonPublish.RunAsync(channels, publication);
        else
            _inTurn.Publish(publication);
        return result;
    }

    private static MessageResult Refresh(Connection connection, in JsonCommand command)
    {
        if (!command.HasToken)
            return Answer(connection, JsonMessages.Error(command.Id, JsonError.BadRequest, "A refresh has a field \"token\", a text."));
        var result = connection.BeginCommand();
        // One character more than a token may have: the rest would be copied to be refused.
        var token = command.Token[..Math.Min(command.Token.Length, TokenJudge.MaxTokenBytes + 1)];
        _ = RefreshAsync(connection, Encoding.Latin1.GetString(token), command.Id.ToArray());
        return result;
    }

    private static async Task RefreshAsync(Connection connection, string token, byte[] id)
    {
        RefreshResult result;
        try
        {
            result = await connection.RefreshAsync(token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a validator throws, the command is answered, and the connection goes on with the token it has.
        catch (Exception e)
#pragma warning restore CA1031
        {
            connection.OnTokenFault(e);
            result = new RefreshResult(RefreshOutcome.Unavailable, "the token could not be judged");
        }

        connection.Send(result.Outcome switch
        {
            RefreshOutcome.Ok => JsonMessages.Refreshed(id, connection.ExpiresIn),
            RefreshOutcome.Forbidden => JsonMessages.Error(id, JsonError.Forbidden, "The token is another user's: connect anew with it."),
            RefreshOutcome.Unavailable => JsonMessages.Error(id, JsonError.Unavailable, result.Reason),
            RefreshOutcome.RateLimited => JsonMessages.Error(id, JsonError.RateLimited, result.Reason),
            _ => JsonMessages.Error(id, JsonError.Unauthorized, result.Reason),
        });
        connection.EndCommand();
    }

    private static MessageResult Answer(Connection connection, OutboundFrame answer)
    {
        connection.Reply(answer);
        return MessageResult.Continue;
    }
}
