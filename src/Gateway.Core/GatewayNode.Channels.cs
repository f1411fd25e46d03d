using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Telemetry;

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

    /// <summary>A fault of ours in the directory has cost one channel something. Throws nothing.</summary>
    private void OnChannelFault(Exception fault)
    {
        try
        {
            _metrics.Faults.Add(1, new KeyValuePair<string, object?>("part", "shard"));
            if (_mayLogSubscribe.Now())
                Log.ChannelFault(_log, fault);
        }
#pragma warning disable CA1031 // To log takes memory too, and it may be that what is wanting.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nobody is left to be told.
        }
    }

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
