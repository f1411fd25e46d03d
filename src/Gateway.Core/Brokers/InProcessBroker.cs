using Gateway.Core.Channels;

namespace Gateway.Core.Brokers;

/// <summary>
/// The broker of a node that runs alone: a publication goes straight back to the node, on the publisher's thread. It queues nothing
/// and copies nothing, so there is nothing to bound. Several nodes in one process relay to each other when they share a bus.
/// </summary>
/// <param name="bus">The bus to join; a node without one is alone on its own.</param>
public sealed class InProcessBroker(InProcessBus? bus = null) : IBroker
{
    private readonly InProcessBus _bus = bus ?? new InProcessBus();
    private IBrokerSink? _sink;

    /// <inheritdoc/>
    public string Name => "in-process";

    /// <inheritdoc/>
    public INodeBus Bus => _bus;

    /// <inheritdoc/>
    public IKeptRecords Announcements => _bus.Announcements;

    /// <inheritdoc/>
    public IKeptRecords Revocations => _bus.Revocations;

    /// <inheritdoc/>
    public BrokerStatus Status => new(Connected: true, Ready: true, "in-process: publications reach this process only");

    /// <inheritdoc/>
    public Task StartAsync(IBrokerSink sink, CancellationToken cancellationToken)
    {
        _sink = sink;
        _bus.Join(sink);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SubscribeAsync(ChannelName channel, CancellationToken cancellationToken)
    {
        _bus.Subscribe(channel, Sink);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask UnsubscribeAsync(ChannelName channel, CancellationToken cancellationToken)
    {
        _bus.Unsubscribe(channel, Sink);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(ChannelName channel, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        _bus.Publish(channel, message.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _sink, null) is { } sink)
            _bus.Leave(sink);
        return ValueTask.CompletedTask;
    }

    private IBrokerSink Sink => _sink ?? throw new InvalidOperationException("The broker is not running.");
}
