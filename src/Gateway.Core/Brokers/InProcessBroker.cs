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
    public ValueTask PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        _bus.Publish(channel, payload.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SendCommandAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        _bus.SendCommand(json.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReplyAsync(string node, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        _bus.Reply(node, json.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <remarks>Forgotten when the node leaves: a node that shares a process cannot be gone without.</remarks>
    public ValueTask<byte[]?> AnnounceAsync(ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken) =>
        new(_bus.Announce(Sink, json.ToArray()));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]>> ReadAnnouncementsAsync(CancellationToken cancellationToken) => new(_bus.Announcements());

    /// <inheritdoc/>
    public ValueTask KeepRevocationAsync(string name, ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken)
    {
        _bus.Revocations.Keep(name, json.ToArray(), expiry);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]>> ReadRevocationsAsync(CancellationToken cancellationToken) => new(_bus.Revocations.Read());

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _sink, null) is { } sink)
            _bus.Leave(sink);
        return ValueTask.CompletedTask;
    }

    private IBrokerSink Sink => _sink ?? throw new InvalidOperationException("The broker is not running.");
}
