using Gateway.Core.Brokers;
using Gateway.Core.Channels;

namespace Gateway.Integration.Access;

/// <summary>A broker in this process that tells when it is asked to subscribe or to publish.</summary>
internal sealed class CountingBroker : IBroker
{
    private readonly InProcessBroker _inner = new();

    public Action OnOperation { get; set; } = static () => { };

    public string Name => "counting";

    public BrokerStatus Status => _inner.Status;

    public Task StartAsync(IBrokerSink sink, CancellationToken cancellationToken) => _inner.StartAsync(sink, cancellationToken);

    public ValueTask SubscribeAsync(ChannelName channel, CancellationToken cancellationToken)
    {
        OnOperation();
        return _inner.SubscribeAsync(channel, cancellationToken);
    }

    public ValueTask UnsubscribeAsync(ChannelName channel, CancellationToken cancellationToken) => _inner.UnsubscribeAsync(channel, cancellationToken);

    public ValueTask PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        OnOperation();
        return _inner.PublishAsync(channel, payload, cancellationToken);
    }

    public INodeBus Bus => _inner.Bus;

    public IKeptRecords Announcements => _inner.Announcements;

    public IKeptRecords Revocations => _inner.Revocations;

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
