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

    public ValueTask SendCommandAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken) => _inner.SendCommandAsync(json, cancellationToken);

    public ValueTask ReplyAsync(string node, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) => _inner.ReplyAsync(node, json, cancellationToken);

    public ValueTask<byte[]?> AnnounceAsync(ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken) => _inner.AnnounceAsync(json, expiry, cancellationToken);

    public ValueTask<IReadOnlyList<byte[]>> ReadAnnouncementsAsync(CancellationToken cancellationToken) => _inner.ReadAnnouncementsAsync(cancellationToken);

    public ValueTask KeepRevocationAsync(string key, ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken) =>
        _inner.KeepRevocationAsync(key, json, expiry, cancellationToken);

    public ValueTask<IReadOnlyList<byte[]>> ReadRevocationsAsync(CancellationToken cancellationToken) => _inner.ReadRevocationsAsync(cancellationToken);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
