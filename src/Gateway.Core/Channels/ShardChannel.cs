using Gateway.Core.Connections;

namespace Gateway.Core.Channels;

/// <summary>A channel's subscriptions in one shard. Active ones stand dense in an array, since every publication walks them.</summary>
internal sealed class ShardChannel(ChannelName name, SlowConsumerPolicy policy)
{
    private Subscription[] _active = new Subscription[4];
    private List<Subscription>? _joining;

    public ChannelName Name { get; } = name;

    /// <summary>What a shard holds for a channel of this name: half of the 700 bytes of resident memory that were measured, and the name as text and as bytes.</summary>
    public static int BytesOf(ChannelName name) => 350 + (3 * name.Utf8.Length);

    /// <summary>The same, for the queues of clients that are behind.</summary>
    public OutboundChannel Outbound { get; } = new(name.Text, policy);

    /// <summary>The directory has confirmed the channel.</summary>
    public bool IsJoined { get; set; }

    public int ActiveCount { get; private set; }

    /// <summary>Those that wait for the directory.</summary>
    public int JoiningCount => _joining?.Count ?? 0;

    public ReadOnlySpan<Subscription> Active => _active.AsSpan(0, ActiveCount);

    public bool IsEmpty => ActiveCount == 0 && _joining is null;

    public void Activate(Subscription subscription)
    {
        if (ActiveCount == _active.Length)
            Array.Resize(ref _active, _active.Length * 2);
        subscription.Pending = null;
        subscription.Index = ActiveCount;
        _active[ActiveCount++] = subscription;
    }

    public void AddJoining(Subscription subscription) => (_joining ??= []).Add(subscription);

    /// <summary>Those that wait for the directory; none waits afterwards.</summary>
    public List<Subscription> TakeJoining()
    {
        var joining = _joining ?? [];
        _joining = null;
        return joining;
    }

    public void Remove(Subscription subscription)
    {
        if (subscription.Index < 0)
        {
            _joining?.Remove(subscription);
            if (_joining?.Count == 0)
                _joining = null;
            return;
        }

        // The last one takes the free place: order among subscribers means nothing.
        var last = _active[--ActiveCount];
        _active[subscription.Index] = last;
        last.Index = subscription.Index;
        _active[ActiveCount] = null!;
        subscription.Index = -1;
        if (_active.Length > 64 && ActiveCount < _active.Length / 4)
            Array.Resize(ref _active, _active.Length / 2);
    }
}
