using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Connections;

namespace Gateway.Core.Protocols.Json;

/// <summary>
/// Commands for which somebody has to be asked, a subscription token's judge or the backend, and those that stand behind one for the same
/// channel. Each is counted as in flight already, and answered once. What a connection asked for that has ended meanwhile is not done.
/// </summary>
internal sealed class JsonCommandsInTurn(IChannels channels)
{
    public void Subscribe(JsonSubscribe request, string token) =>
        ChannelTurns.Take(request.Connection, request.Channel, () => SubscribeAsync(request, token));

    public void Unsubscribe(JsonUnsubscribe request) =>
        ChannelTurns.Take(request.Connection, request.Channel, () =>
        {
            channels.Unsubscribe(request);
            request.Connection.Flush(); // the turn in which it was received is over
            return Task.CompletedTask;
        });

    public void Publish(JsonPublication publication) =>
        ChannelTurns.Take(publication.Connection, publication.Channel, () => PublishAsync(publication));

    private async Task SubscribeAsync(JsonSubscribe request, string token)
    {
        var connection = request.Connection;
        var verdict = await channels.AskAsync(AccessWish.Of(connection, request.Channel, ChannelAction.Subscribe, token)).ConfigureAwait(false);
        if (!verdict.IsAllowed)
        {
            connection.Send(request.Refuse(verdict));
            connection.EndCommand();
            return;
        }

        request.AllowedBy = verdict.Rule;
        channels.Subscribe(request); // the shard looks whether the connection is open still
        connection.Flush(); // the turn in which it was received is over
    }

    private async Task PublishAsync(JsonPublication publication)
    {
        var (connection, length) = (publication.Connection, publication.Payload.Length);
        var verdict = await channels.AskAsync(AccessWish.Of(connection, publication.Channel, ChannelAction.Publish)).ConfigureAwait(false);
        if (verdict.IsAllowed && !JsonAnswers.IsTooLarge(verdict, length) && connection.State == ConnectionState.Open)
        {
            // Not awaited: its place in the order is taken when it has been handed to the broker.
            _ = JsonPublish.RunAsync(channels, publication);
            return;
        }

        connection.UncountWaiting(length);
        connection.Send(verdict.IsAllowed ? JsonAnswers.TooLarge(publication.Id) : JsonAnswers.Refusal(publication.Id, verdict));
        connection.EndCommand();
    }
}
