using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Connections;

namespace Gateway.Core;

/// <summary>Clients' wishes, on their way in.</summary>
public sealed partial class GatewayNode : IChannels
{
    bool IChannels.MaySubscribe(ChannelName channel) => _rules.MaySubscribe(channel);

    bool IChannels.MayPublish(ChannelName channel) => _rules.MayPublish(channel);

    void IChannels.Subscribe(SubscribeRequest request) => ShardOf(request.Connection).Do(ShardItemKind.Subscribe, request, request.Connection);

    void IChannels.Unsubscribe(UnsubscribeRequest request) => ShardOf(request.Connection).Do(ShardItemKind.Unsubscribe, request, request.Connection);

    void IChannels.Detach(Connection connection) => ShardOf(connection).Do(ShardItemKind.Detach, connection, connection);

    async ValueTask<PublishResult> IChannels.PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, string? key)
    {
        if (payload.Length > _options.Limits.MaxPublicationBytes)
            return PublishResult.TooLarge;
        try
        {
            await PublishAsync(channel, payload, PublicationSource.Client, _stopped, key: key).ConfigureAwait(false);
            return PublishResult.Published;
        }
        catch (NodeOverloadedException)
        {
            return PublishResult.Overloaded;
        }
        catch (Exception e) when (e is BrokerUnavailableException or OperationCanceledException)
        {
            return PublishResult.Unavailable;
        }
#pragma warning disable CA1031 // Whatever else a broker throws, and has been logged: the client's command is answered.
        catch (Exception)
#pragma warning restore CA1031
        {
            return PublishResult.Unavailable;
        }
    }
}
