using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Connections;

namespace Gateway.Core.Relay;

/// <summary>What clients ask through their protocols: to the rules, to their shards, to the publisher.</summary>
/// <param name="access">Whether they may.</param>
/// <param name="change">Looks again at who came while the rules were replaced.</param>
/// <param name="shards">Where they are subscribed.</param>
/// <param name="publisher">Takes what they publish.</param>
/// <param name="maxBytes">Of a payload.</param>
/// <param name="stopped">The node stops.</param>
internal sealed class ClientWishes(ChannelAccess access, RuleChange change, ShardSet shards, IPublisher publisher, int maxBytes, CancellationToken stopped) : IChannels
{
    public AccessVerdict Judge(ChannelName channel, ClientIdentity client, ChannelAction action) => access.Judge(channel, client, action);

    public ValueTask<AccessVerdict> AskAsync(AccessWish wish) => access.AskAsync(wish, stopped);

    public void Subscribe(SubscribeRequest request)
    {
        shards.Of(request.Connection).Do(ShardItemKind.Subscribe, request, request.Connection);
        // Rules were replaced between the verdict and now: who looks for what they forbid may have passed this connection already.
        if (!access.Rules.Holds(request.AllowedBy))
            change.Review(request);
    }

    public void Unsubscribe(UnsubscribeRequest request) => shards.Of(request.Connection).Do(ShardItemKind.Unsubscribe, request, request.Connection);

    public void Detach(Connection connection) => shards.Of(connection).Do(ShardItemKind.Detach, connection, connection);

    public async ValueTask<PublishResult> PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, string? key, bool isBinary)
    {
        if (payload.Length > maxBytes)
            return PublishResult.TooLarge;
        try
        {
            await publisher.PublishAsync(channel, payload, PublicationSource.Client, stopped, key: key, isBinary: isBinary).ConfigureAwait(false);
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
