using Gateway.Core.Brokers;
using Gateway.Core.Channels;

namespace Gateway.Integration.Fixtures;

/// <summary>A node's broker in this process, on a bus that other nodes may share, which a test can slow down, fail and cut.</summary>
internal sealed class ScriptedBroker(InProcessBus? bus = null) : IBroker
{
    private readonly InProcessBroker _inner = new(bus);
    private IBrokerSink? _sink;

    /// <summary>Awaited before a subscribe is confirmed; may throw.</summary>
    public Func<ChannelName, Task> Subscribing { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Awaited before a publication is taken; may throw.</summary>
    public Func<ChannelName, Task> Publishing { get; set; } = static _ => Task.CompletedTask;

    public string Name => "scripted";

    public BrokerStatus Status => _inner.Status;

    /// <summary>Where news arrives: for news that only a lost link would bring.</summary>
    public IBrokerSink Sink => _sink!;

    public Task StartAsync(IBrokerSink sink, CancellationToken cancellationToken)
    {
        _sink = sink;
        return _inner.StartAsync(sink, cancellationToken);
    }

    public async ValueTask SubscribeAsync(ChannelName channel, CancellationToken cancellationToken)
    {
        await Subscribing(channel);
        await _inner.SubscribeAsync(channel, cancellationToken);
    }

    public ValueTask UnsubscribeAsync(ChannelName channel, CancellationToken cancellationToken) =>
        _inner.UnsubscribeAsync(channel, cancellationToken);

    public async ValueTask PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await Publishing(channel);
        await _inner.PublishAsync(channel, payload, cancellationToken);
    }

    public ValueTask SendCommandAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        _inner.SendCommandAsync(json, cancellationToken);

    /// <summary>Whether this node's answers to others leave.</summary>
    public bool Replies { get; set; } = true;

    public ValueTask ReplyAsync(string node, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        Replies ? _inner.ReplyAsync(node, json, cancellationToken) : ValueTask.CompletedTask;

    public ValueTask<byte[]?> AnnounceAsync(ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken) =>
        _inner.AnnounceAsync(json, expiry, cancellationToken);

    public ValueTask<IReadOnlyList<byte[]>> ReadAnnouncementsAsync(CancellationToken cancellationToken) => _inner.ReadAnnouncementsAsync(cancellationToken);

    public ValueTask KeepRevocationAsync(string name, ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken) =>
        _inner.KeepRevocationAsync(name, json, expiry, cancellationToken);

    public ValueTask<IReadOnlyList<byte[]>> ReadRevocationsAsync(CancellationToken cancellationToken) => _inner.ReadRevocationsAsync(cancellationToken);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
