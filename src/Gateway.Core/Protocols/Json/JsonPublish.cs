using Gateway.Core.Channels;
using Gateway.Core.Connections;

namespace Gateway.Core.Protocols.Json;

/// <summary>A publish command that is allowed, on its way to the broker and back.</summary>
internal static class JsonPublish
{
    /// <summary>The broker is asked before the first await: the order of the calls is the order of the publications.</summary>
    public static async Task RunAsync(IChannels channels, Connection connection, ChannelName channel, byte[] data, string? key, byte[] id)
    {
        var result = await channels.PublishAsync(channel, data, key).ConfigureAwait(false);
        connection.Send(result switch
        {
            PublishResult.Published => JsonMessages.Ok(id, channel),
            PublishResult.TooLarge => JsonAnswers.TooLarge(id),
            PublishResult.Overloaded => JsonAnswers.Overloaded(id),
            _ => JsonMessages.Error(id, JsonError.Unavailable, "The broker did not confirm the publication; it may have been delivered all the same."),
        });
        connection.UncountWaiting(data.Length);
        connection.EndCommand();
    }
}
