using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Connections;

namespace Gateway.Core;

/// <summary>Clients' wishes, on their way in.</summary>
public sealed partial class GatewayNode : IChannels
{
    AccessVerdict IChannels.Judge(ChannelName channel, ClientIdentity client, ChannelAction action) => _access.Judge(channel, client, action);

    ValueTask<AccessVerdict> IChannels.AskAsync(AccessWish wish) => _access.AskAsync(wish, _stopped);

    void IChannels.Subscribe(SubscribeRequest request)
    {
        ShardOf(request.Connection).Do(ShardItemKind.Subscribe, request, request.Connection);
        // Rules were replaced between the verdict and now: who looks for what they forbid may have passed this connection already.
        if (!_access.Rules.Holds(request.AllowedBy))
            _ruleChange.Review(request);
    }

    void IChannels.Unsubscribe(UnsubscribeRequest request) => ShardOf(request.Connection).Do(ShardItemKind.Unsubscribe, request, request.Connection);

    void IChannels.Detach(Connection connection) => ShardOf(connection).Do(ShardItemKind.Detach, connection, connection);

    async ValueTask<PublishResult> IChannels.PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, string? key, bool isBinary)
    {
        if (payload.Length > _options.Limits.MaxPublicationBytes)
            return PublishResult.TooLarge;
        try
        {
            await PublishAsync(channel, payload, PublicationSource.Client, _stopped, key: key, isBinary: isBinary).ConfigureAwait(false);
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
