using System.Collections.Concurrent;
using Gateway.Core.Options;

namespace Gateway.Core.Channels;

/// <summary>
/// The node's channels: which shards are interested, and what the broker has been asked. One broker operation at most is in flight per
/// channel; whoever comes meanwhile waits for it. After the last subscriber the channel lingers, then the broker is asked to stop, and
/// when it has, the directory looks again whether somebody came meanwhile.
/// </summary>
internal sealed class ChannelDirectory
{
    private readonly ConcurrentDictionary<ChannelName, ChannelEntry> _entries = new(ChannelNameComparer.Instance);
    private readonly ConcurrentDictionary<ChannelName, ChannelEntry>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;
    private readonly IChannelSource _source;
    private readonly long _lingerMilliseconds;
    private readonly int _maximum;
    private int _count;
    private long _now;

    public ChannelDirectory(IChannelSource source, ChannelOptions options, int maximum)
    {
        _maximum = maximum;
        _source = source;
        _lingerMilliseconds = (long)options.LeaveAfter.TotalMilliseconds;
        _byUtf8 = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Channels known to the broker on this node's behalf, or about to be.</summary>
    public int Count => Volatile.Read(ref _count);

    public IEnumerable<ChannelEntry> Entries => _entries.Values;

    /// <summary>The channel by the bytes of its name; null: nobody here is interested.</summary>
    public ChannelEntry? Find(ReadOnlySpan<byte> utf8) =>
        _byUtf8.TryGetValue(utf8, out var entry) && entry.Interested.Length > 0 ? entry : null;

    /// <summary>The same, whether anybody is interested or not; null: unknown.</summary>
    public ChannelEntry? FindAny(ReadOnlySpan<byte> utf8) => _byUtf8.TryGetValue(utf8, out var entry) ? entry : null;

    /// <summary>Sets a shard's interest.</summary>
    public JoinResult Join(ChannelName name, Shard shard)
    {
        while (true)
        {
            if (!_entries.TryGetValue(name, out var entry) && (entry = TryAdd(name)) is null)
                return JoinResult.Full;
            lock (entry)
            {
                if (entry.IsRemoved)
                    continue;
                entry.AddInterest(shard);
                if (entry.State == ChannelState.Subscribed)
                    return JoinResult.Joined;
                entry.Waiting.Add(shard);
                if (entry.State == ChannelState.Idle)
                    Subscribe(entry);
                return JoinResult.Waiting;
            }
        }
    }

    /// <summary>Null: there are as many as there may be.</summary>
    private ChannelEntry? TryAdd(ChannelName name)
    {
        if (Interlocked.Increment(ref _count) > _maximum)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }

        var added = new ChannelEntry(name);
        var entry = _entries.GetOrAdd(name, added);
        if (entry != added)
            Interlocked.Decrement(ref _count); // another shard's was first
        return entry;
    }

    /// <summary>A shard's last subscriber has left.</summary>
    public void Leave(ChannelName name, Shard shard)
    {
        if (!_entries.TryGetValue(name, out var entry))
            return;
        lock (entry)
        {
            entry.RemoveInterest(shard);
            if (entry.Interested.Length > 0)
                return;
            entry.IdleSince = Volatile.Read(ref _now);
            if (_lingerMilliseconds == 0)
                Unsubscribe(entry);
        }
    }

    /// <summary>Called about once a second: leaves the channels that nobody came back to.</summary>
    public void OnRound(long now)
    {
        Volatile.Write(ref _now, now);
        foreach (var (_, entry) in _entries)
        {
            if (entry.Interested.Length > 0)
                continue;
            lock (entry)
            {
                if (entry.Interested.Length == 0 && now - entry.IdleSince >= _lingerMilliseconds)
                    Unsubscribe(entry);
            }
        }
    }

    /// <summary>Under the entry's lock.</summary>
    private void Subscribe(ChannelEntry entry)
    {
        entry.State = ChannelState.Subscribing;
        _ = SubscribeAsync(entry);
    }

    private async Task SubscribeAsync(ChannelEntry entry)
    {
        // Off the shard, and out of the entry's lock, before the broker is asked.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var isConfirmed = await _source.TrySubscribeAsync(entry.Name).ConfigureAwait(false);
        lock (entry)
        {
            entry.State = isConfirmed ? ChannelState.Subscribed : ChannelState.Idle;
            entry.IdleSince = Volatile.Read(ref _now);
            foreach (var shard in entry.Waiting)
            {
                if (!isConfirmed)
                    entry.RemoveInterest(shard);
                shard.Post(isConfirmed ? ShardItemKind.Joined : ShardItemKind.JoinFailed, entry.Name);
            }

            entry.Waiting.Clear();
            if (!isConfirmed)
                Remove(entry);
        }
    }

    /// <summary>Under the entry's lock.</summary>
    private void Unsubscribe(ChannelEntry entry)
    {
        if (entry.State != ChannelState.Subscribed)
            return;
        entry.State = ChannelState.Leaving;
        _ = UnsubscribeAsync(entry);
    }

    private async Task UnsubscribeAsync(ChannelEntry entry)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await _source.UnsubscribeAsync(entry.Name).ConfigureAwait(false);
        lock (entry)
        {
            entry.State = ChannelState.Idle;
            // Somebody came while the broker was being asked: ask it again.
            if (entry.Interested.Length > 0)
                Subscribe(entry);
            else
                Remove(entry);
        }
    }

    /// <summary>Under the entry's lock.</summary>
    private void Remove(ChannelEntry entry)
    {
        entry.IsRemoved = true;
        if (_entries.TryRemove(new KeyValuePair<ChannelName, ChannelEntry>(entry.Name, entry)))
            Interlocked.Decrement(ref _count);
    }
}

/// <summary>What became of a shard's interest in a channel.</summary>
internal enum JoinResult
{
    /// <summary>The broker has confirmed the channel already.</summary>
    Joined,

    /// <summary>The shard is told later, by <see cref="ShardItemKind.Joined"/> or <see cref="ShardItemKind.JoinFailed"/>.</summary>
    Waiting,

    /// <summary>The node has as many channels as it may have; nothing changed.</summary>
    Full,
}
