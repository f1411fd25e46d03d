using Gateway.Core.Channels;
using Gateway.Core.Connections;

namespace Gateway.Core.Protocols.Json;

/// <summary>What a publish command asks for.</summary>
/// <param name="Connection">Who asks.</param>
/// <param name="Channel">Where to.</param>
/// <param name="Payload">What; counted as waiting until it is answered.</param>
/// <param name="IsBinary">It came as bytes, and stays that whatever they are.</param>
/// <param name="Key">What it is about; null: the client gave none.</param>
/// <param name="Id">The command's id as it stood in the JSON; empty: none.</param>
internal sealed record JsonPublication(Connection Connection, ChannelName Channel, byte[] Payload, bool IsBinary, string? Key, byte[] Id);

/// <summary>A publish command that is allowed, on its way to the broker and back.</summary>
internal static class JsonPublish
{
    /// <summary>The broker is asked before the first await: the order of the calls is the order of the publications.</summary>
    public static async Task RunAsync(IChannels channels, JsonPublication publication)
    {
        var (connection, channel, id) = (publication.Connection, publication.Channel, publication.Id);
        var result = await channels.PublishAsync(channel, publication.Payload, publication.Key, publication.IsBinary).ConfigureAwait(false);
        connection.Send(result switch
        {
            PublishResult.Published => JsonMessages.Ok(id, channel),
            PublishResult.TooLarge => JsonAnswers.TooLarge(id),
            PublishResult.Overloaded => JsonAnswers.Overloaded(id),
            _ => JsonMessages.Error(id, JsonError.Unavailable, "The broker did not confirm the publication; it may have been delivered all the same."),
        });
        connection.UncountWaiting(publication.Payload.Length);
        connection.EndCommand();
    }
}
