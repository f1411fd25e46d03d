using Gateway.Core.Brokers;
using Gateway.Core.Channels;

namespace Gateway.Integration.Fixtures;

/// <summary>A node's broker in this process, on a bus that other nodes may share, which a test can slow down, fail and cut.</summary>
internal sealed class ScriptedBroker(InProcessBus? bus = null) : IBroker, INodeBus
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

    /// <summary>Whether this node's answers to others leave.</summary>
    public bool Replies { get; set; } = true;

    public INodeBus Bus => this;

    public IKeptRecords Announcements => _inner.Announcements;

    public IKeptRecords Revocations => _inner.Revocations;

    public ValueTask SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken) => _inner.Bus.SendAsync(json, cancellationToken);

    public ValueTask ReplyAsync(string node, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        Replies ? _inner.Bus.ReplyAsync(node, json, cancellationToken) : ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
