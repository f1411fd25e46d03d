using Gateway.Core.Channels;

namespace Gateway.Core.Brokers;

/// <summary>
/// What the in-process brokers of one process share: the subscriptions of each. One lock makes it the single writer, so that every
/// node sees the same order and a sink is never called twice at once; it is held during the sinks' calls, which do not block.
/// </summary>
/// <param name="time">Clock; null: the system's.</param>
public sealed class InProcessBus(TimeProvider? time = null)
{
    internal KeptRevocations Revocations { get; } = new(time ?? TimeProvider.System);

    private readonly Lock _gate = new();
    private readonly List<IBrokerSink> _nodes = [];
    private readonly Dictionary<ChannelName, List<IBrokerSink>> _subscribers = new(ChannelNameComparer.Instance);

    private readonly Dictionary<string, byte[]> _announcements = [];

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
            _announcements.Remove(node.Name);
            foreach (var channel in _subscribers.Where(entry => entry.Value.Contains(node)).Select(entry => entry.Key).ToArray())
                Remove(channel, node);
        }
    }

    /// <summary>By name, as at every broker: two nodes of one name overwrite each other. Returns what stood there.</summary>
    internal byte[]? Announce(IBrokerSink node, byte[] json)
    {
        lock (_gate)
        {
            var before = _announcements.GetValueOrDefault(node.Name);
            _announcements[node.Name] = json;
            return before;
        }
    }

    internal byte[][] Announcements()
    {
        lock (_gate)
            return [.. _announcements.Values];
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

    internal void Publish(ChannelName channel, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (!_subscribers.TryGetValue(channel, out var nodes))
                return;
            foreach (var node in nodes)
                node.OnPublication(channel.Utf8, payload);
        }
    }

    internal void SendCommand(ReadOnlySpan<byte> json)
    {
        lock (_gate)
        {
            foreach (var node in _nodes)
                node.OnCommand(json);
        }
    }

    internal void Reply(string node, ReadOnlySpan<byte> json)
    {
        lock (_gate)
            _nodes.Find(sink => sink.Name == node)?.OnReply(json);
    }

    private void Remove(ChannelName channel, IBrokerSink node)
    {
        if (_subscribers.TryGetValue(channel, out var nodes) && nodes.Remove(node) && nodes.Count == 0)
            _subscribers.Remove(channel);
    }
}
