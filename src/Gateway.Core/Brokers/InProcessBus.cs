using Gateway.Core.Channels;

namespace Gateway.Core.Brokers;

/// <summary>
/// What the in-process brokers of one process share: the subscriptions of each. One lock makes it the single writer, so that every
/// node sees the same order and a sink is never called twice at once; it is held during the sinks' calls, which do not block.
/// </summary>
/// <param name="time">Clock; null: the system's.</param>
public sealed class InProcessBus(TimeProvider? time = null) : INodeBus
{
    private readonly Lock _gate = new();
    private readonly List<IBrokerSink> _nodes = [];
    private readonly Dictionary<ChannelName, List<IBrokerSink>> _subscribers = new(ChannelNameComparer.Instance);

    internal IKeptRecords Announcements { get; } = new InProcessRecords(time ?? TimeProvider.System);

    internal IKeptRecords Revocations { get; } = new InProcessRecords(time ?? TimeProvider.System);

    internal void Join(IBrokerSink node)
    {
        lock (_gate)
            _nodes.Add(node);
    }

    internal void Leave(IBrokerSink node)
    {
        lock (_gate)
        {
            _nodes.Remove(node);
            foreach (var channel in _subscribers.Where(entry => entry.Value.Contains(node)).Select(entry => entry.Key).ToArray())
                Remove(channel, node);
        }
    }

    internal void Subscribe(ChannelName channel, IBrokerSink node)
    {
        lock (_gate)
        {
            if (!_subscribers.TryGetValue(channel, out var nodes))
                _subscribers.Add(channel, nodes = new List<IBrokerSink>(1));
            if (!nodes.Contains(node))
                nodes.Add(node);
        }
    }

    internal void Unsubscribe(ChannelName channel, IBrokerSink node)
    {
        lock (_gate)
            Remove(channel, node);
    }

    internal void Publish(ChannelName channel, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (!_subscribers.TryGetValue(channel, out var nodes))
                return;
            foreach (var node in nodes)
                node.OnPublication(channel.Utf8, message);
        }
    }

    ValueTask INodeBus.SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var node in _nodes)
                node.OnEnvelope(json.Span);
        }

        return ValueTask.CompletedTask;
    }

    ValueTask INodeBus.ReplyAsync(string node, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        lock (_gate)
            _nodes.Find(sink => sink.Name == node)?.OnReply(json.Span);
        return ValueTask.CompletedTask;
    }

    private void Remove(ChannelName channel, IBrokerSink node)
    {
        if (_subscribers.TryGetValue(channel, out var nodes) && nodes.Remove(node) && nodes.Count == 0)
            _subscribers.Remove(channel);
    }
}
