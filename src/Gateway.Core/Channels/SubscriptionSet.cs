using Gateway.Core.Buffers;

namespace Gateway.Core.Channels;

/// <summary>
/// One connection's subscriptions, by channel. Most connections have a handful, for which a list that is walked is smaller and as fast
/// as a dictionary.
/// </summary>
internal sealed class SubscriptionSet
{
    private const int WalkedAtMost = 16;

    private readonly List<Subscription> _list = new(1);
    private Dictionary<ChannelName, Subscription>? _byName;

    public int Count => _byName?.Count ?? _list.Count;

    public IEnumerable<Subscription> All => _byName is null ? _list : _byName.Values;

    public Subscription? Find(ChannelName name)
    {
        if (_byName is not null)
            return _byName.GetValueOrDefault(name);
        foreach (var subscription in _list)
        {
            if (subscription.Channel.Name.Equals(name))
                return subscription;
        }

        return null;
    }

    public void Add(Subscription subscription)
    {
        if (_byName is null && _list.Count < WalkedAtMost)
        {
            _list.Add(subscription);
            return;
        }

        if (_byName is null)
        {
            _byName = _list.ToDictionary(existing => existing.Channel.Name);
            _list.Clear();
        }

        _byName.Add(subscription.Channel.Name, subscription);
    }

    public void Remove(Subscription subscription)
    {
        if (_byName is null)
            _list.Remove(subscription);
        else if (_byName.Remove(subscription.Channel.Name))
            _byName.ShrinkIfSparse();
    }
}
