namespace Gateway.Core.Connections;

/// <summary>
/// Which places of a queue's data lane hold publications that may be dropped or replaced, by channel. Kept only while a client is behind.
/// The sender knows nothing of it: what has left is forgotten when the channel is looked at again.
/// </summary>
internal sealed class WaitingPublications
{
    private readonly Dictionary<string, ChannelBacklog> _channels = new(StringComparer.Ordinal);
    private ChannelBacklog? _last; // most clients have one channel that is behind

    public IEnumerable<ChannelBacklog> All => _channels.Values;

    public ChannelBacklog Of(OutboundChannel channel)
    {
        if (_last?.Channel == channel)
            return _last;
        if (!_channels.TryGetValue(channel.Name, out var backlog))
        {
            backlog = new ChannelBacklog();
            _channels.Add(channel.Name, backlog);
        }

        backlog.Channel = channel;
        return _last = backlog;
    }

    /// <summary>The lane's places have other numbers now.</summary>
    /// <param name="first">The old number of the first place.</param>
    /// <param name="numbers">The new ones, from there on.</param>
    public void Renumber(int first, ReadOnlySpan<int> numbers)
    {
        foreach (var backlog in _channels.Values)
            backlog.Renumber(first, numbers);
    }
}
