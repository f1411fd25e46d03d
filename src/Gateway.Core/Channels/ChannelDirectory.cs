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
    private readonly NodeShares _shares;
    private readonly Action<Exception> _onFault;
    private readonly long _lingerMilliseconds;
    private int _count;
    private long _now;

    /// <param name="source">Where publications come from.</param>
    /// <param name="options">The options.</param>
    /// <param name="shares">Who may open a channel.</param>
    /// <param name="onFault">Told of a fault of the node's own that has cost one channel something; throws nothing.</param>
    public ChannelDirectory(IChannelSource source, ChannelOptions options, NodeShares shares, Action<Exception> onFault)
    {
        (_source, _shares, _onFault) = (source, shares, onFault);
        _lingerMilliseconds = (long)options.LeaveAfter.TotalMilliseconds;
        _byUtf8 = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Channels known to the broker on this node's behalf, or about to be.</summary>
    public int Count => Volatile.Read(ref _count);

    public IEnumerable<ChannelEntry> Entries => _entries.Values;

    // Close to the maximum a channel that nobody is subscribed to is in somebody's way.
    private long LingerMilliseconds => _shares.IsReserved(Count) ? 0 : _lingerMilliseconds;

    /// <summary>The channel by the bytes of its name; null: nobody here is interested.</summary>
    public ChannelEntry? Find(ReadOnlySpan<byte> utf8) =>
        _byUtf8.TryGetValue(utf8, out var entry) && entry.Interested.Length > 0 ? entry : null;

    /// <summary>The same, whether anybody is interested or not; null: unknown.</summary>
    public ChannelEntry? FindAny(ReadOnlySpan<byte> utf8) => _byUtf8.TryGetValue(utf8, out var entry) ? entry : null;

    /// <summary>Sets a shard's interest.</summary>
    /// <param name="name">In which channel.</param>
    /// <param name="shard">Whose.</param>
    /// <param name="subscriber">For whom: the channel counts as its, should it not be there yet.</param>
    public JoinResult Join(ChannelName name, Shard shard, Subscriber subscriber)
    {
        while (true)
        {
            if (!_entries.TryGetValue(name, out var entry) && TryAdd(name, subscriber, out entry) is var result and not JoinResult.Waiting)
                return result;
            lock (entry!)
            {
                if (entry.IsRemoved)
                    continue;
                entry.AddInterest(shard);
                if (entry.State == ChannelState.Subscribed)
                    return JoinResult.Joined;
                entry.Waiting.Add(shard);
                if (entry.State == ChannelState.Idle)
                    SubscribeOrGiveUp(entry);
                return JoinResult.Waiting;
            }
        }
    }

    /// <summary><see cref="JoinResult.Waiting"/>: it is there, by whomever; else why it may not be.</summary>
    private JoinResult TryAdd(ChannelName name, Subscriber subscriber, out ChannelEntry? entry)
    {
        entry = null;
        var result = _shares.TryOpen(subscriber, Interlocked.Increment(ref _count), ChannelEntry.BytesOf(name), out var owner);
        if (result != JoinResult.Waiting)
        {
            Interlocked.Decrement(ref _count);
            return result;
        }

        ChannelEntry? added = null;
        try
        {
            added = new ChannelEntry(name, owner);
            entry = _entries.GetOrAdd(name, added);
        }
        finally
        {
            if (added is null || entry != added)
                Uncount(name, owner); // another shard's was first
        }

        return result;
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
            if (LingerMilliseconds == 0)
                Unsubscribe(entry);
        }
    }

    /// <summary>Called about once a second: leaves the channels that nobody came back to.</summary>
    public void OnRound(long now)
    {
        Volatile.Write(ref _now, now);
        var linger = LingerMilliseconds;
        foreach (var (_, entry) in _entries)
        {
            if (entry.Interested.Length == 0)
                LeaveIfIdle(entry, now, linger);
        }
    }

    private void LeaveIfIdle(ChannelEntry entry, long now, long linger)
    {
        try
        {
            lock (entry)
            {
                if (entry.Interested.Length == 0 && now - entry.IdleSince >= linger)
                    Unsubscribe(entry);
            }
        }
#pragma warning disable CA1031 // The clock is everybody's: the next round looks at the channel again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onFault(e);
        }
    }

    /// <summary>Under the entry's lock. An entry that nobody has been asked for must not stay.</summary>
    private void SubscribeOrGiveUp(ChannelEntry entry)
    {
        try
        {
            Subscribe(entry);
        }
        catch
        {
            entry.State = ChannelState.Idle;
            Remove(entry);
            throw;
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
        var isConfirmed = false;
        try
        {
            isConfirmed = await _source.TrySubscribeAsync(entry.Name).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whoever waits for it is answered, and the next one asks again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onFault(e);
        }

        lock (entry)
        {
            entry.State = isConfirmed ? ChannelState.Subscribed : ChannelState.Idle;
            entry.IdleSince = Volatile.Read(ref _now);
            foreach (var shard in entry.Waiting)
                Tell(shard, entry, isConfirmed);
            entry.Waiting.Clear();
            if (!isConfirmed)
                Remove(entry);
        }
    }

    /// <summary>Under the entry's lock.</summary>
    private void Tell(Shard shard, ChannelEntry entry, bool isConfirmed)
    {
        try
        {
            if (!isConfirmed)
                entry.RemoveInterest(shard);
            shard.Post(isConfirmed ? ShardItemKind.Joined : ShardItemKind.JoinFailed, entry.Name);
        }
#pragma warning disable CA1031 // The other shards wait for their answers too.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onFault(e);
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
        try
        {
            await _source.UnsubscribeAsync(entry.Name).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A channel left half would take no subscriber any more.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onFault(e);
        }

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
            Uncount(entry.Name, entry.Owner);
    }

    private void Uncount(ChannelName name, ShareHolder owner)
    {
        Interlocked.Decrement(ref _count);
        _shares.Close(owner, ChannelEntry.BytesOf(name));
    }
}

/// <summary>What became of a shard's interest in a channel. Nothing changed but with the first two.</summary>
internal enum JoinResult
{
    /// <summary>The broker has confirmed the channel already.</summary>
    Joined,

    /// <summary>The shard is told later, by <see cref="ShardItemKind.Joined"/> or <see cref="ShardItemKind.JoinFailed"/>.</summary>
    Waiting,

    /// <summary>The node has as many channels as it may have.</summary>
    Full,

    /// <summary>What is left is for connections, addresses and users with fewer.</summary>
    Reserved,

    /// <summary>The address has as many as it may have.</summary>
    AddressFull,

    /// <summary>The user has.</summary>
    UserFull,

    /// <summary>The node has no memory for another one.</summary>
    NoMemory,
}
