using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Gateway.Auth.Authorizer;

/// <summary>
/// What is remembered for a while, within a bound of bytes that holders share: each may fill as much as is still free, and above that its own
/// go, the oldest that was not used first. So whoever makes the node remember without end pushes out its own, and never a word of others'. Only when
/// holders are so many that each has next to nothing does the oldest of all go. Reads take no lock. Any thread.
/// </summary>
/// <param name="maxBytes">The bound, by what entries are said to cost.</param>
/// <param name="time">Clock.</param>
/// <param name="onForgotten">Told of an entry that went before its time, under the lock.</param>
internal sealed class FairTable<TKey, TValue>(long maxBytes, TimeProvider time, Action<FairEntry<TKey, TValue>>? onForgotten = null)
    where TKey : struct, IEquatable<TKey>
{
    /// <summary>An entry, its two places in lists, its slot in two tables, and its holder's, without texts: about.</summary>
    public const int EntryBytes = 400;

    private readonly ConcurrentDictionary<TKey, FairEntry<TKey, TValue>> _entries = new();
    private readonly Dictionary<string, Holder> _holders = new(StringComparer.Ordinal); // guarded by _lock, as all that follows
    private readonly LinkedList<FairEntry<TKey, TValue>> _byAge = new();
    private readonly Lock _lock = new();
    private long _bytes;

    /// <summary>What all entries cost.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Entries, those whose time is over among them until <see cref="Prune"/>.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _byAge.Count;
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_entries.TryGetValue(key, out var entry) && time.GetUtcNow() < entry.Until)
        {
            entry.IsUsed = true;
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Remembers, in place of what was remembered for the key.</summary>
    /// <param name="holder">Whose share it takes.</param>
    /// <param name="key">Of what.</param>
    /// <param name="value">What.</param>
    /// <param name="until">Until when.</param>
    /// <param name="characters">Of its texts that are nobody else's.</param>
    public void Set(string holder, TKey key, TValue value, DateTimeOffset until, int characters)
    {
        var entry = new FairEntry<TKey, TValue>(holder, key, value, until, EntryBytes + (characters * sizeof(char)));
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var before))
                Remove(before);
            if (entry.Bytes > maxBytes)
            {
                onForgotten?.Invoke(entry);
                return;
            }

            while (_holders.TryGetValue(holder, out var own) && own.Bytes + entry.Bytes > maxBytes - _bytes)
                Forget(OldestOf(own));
            while (_bytes + entry.Bytes > maxBytes && _byAge.First is { } oldest)
                Forget(oldest.Value);
            Add(entry);
        }
    }

    /// <summary>Forgets what is remembered for a key.</summary>
    public void Remove(TKey key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry))
                Remove(entry);
        }
    }

    /// <summary>Forgets what is over. Called once in a while: a hundred thousand take some milliseconds, in which nothing new is remembered.</summary>
    public void Prune()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            for (var node = _byAge.First; node is not null;)
            {
                var next = node.Next;
                if (now >= node.Value.Until)
                    Remove(node.Value);
                node = next;
            }
        }
    }

    private void Add(FairEntry<TKey, TValue> entry)
    {
        if (!_holders.TryGetValue(entry.Holder, out var holder))
            _holders.Add(entry.Holder, holder = new Holder());
        holder.Own.AddLast(entry.OfHolder);
        holder.Bytes += entry.Bytes;
        _byAge.AddLast(entry.OfAll);
        Interlocked.Add(ref _bytes, entry.Bytes);
        _entries[entry.Key] = entry;
    }

    private void Forget(FairEntry<TKey, TValue> entry)
    {
        Remove(entry);
        if (time.GetUtcNow() < entry.Until)
            onForgotten?.Invoke(entry);
    }

    private void Remove(FairEntry<TKey, TValue> entry)
    {
        _entries.TryRemove(entry.Key, out _);
        _byAge.Remove(entry.OfAll);
        Interlocked.Add(ref _bytes, -entry.Bytes);
        var holder = _holders[entry.Holder];
        holder.Own.Remove(entry.OfHolder);
        holder.Bytes -= entry.Bytes;
        if (holder.Own.Count == 0)
            _holders.Remove(entry.Holder);
    }

    /// <summary>The second chance: one that was used since it was looked at last goes to the end once.</summary>
    private static FairEntry<TKey, TValue> OldestOf(Holder holder)
    {
        while (holder.Own.First!.Value is { IsUsed: true } used && holder.Own.Count > 1)
        {
            used.IsUsed = false;
            holder.Own.RemoveFirst();
            holder.Own.AddLast(used.OfHolder);
        }

        return holder.Own.First!.Value;
    }

    private sealed class Holder
    {
        public LinkedList<FairEntry<TKey, TValue>> Own { get; } = new();

        public long Bytes { get; set; }
    }
}

/// <summary>One thing that is remembered.</summary>
internal sealed class FairEntry<TKey, TValue>
{
    private volatile bool _isUsed;

    public FairEntry(string holder, TKey key, TValue value, DateTimeOffset until, int bytes)
    {
        (Holder, Key, Value, Until, Bytes) = (holder, key, value, until, bytes);
        (OfAll, OfHolder) = (new(this), new(this));
    }

    public string Holder { get; }

    public TKey Key { get; }

    public TValue Value { get; }

    public DateTimeOffset Until { get; }

    public int Bytes { get; }

    public bool IsUsed { get => _isUsed; set => _isUsed = value; }

    public LinkedListNode<FairEntry<TKey, TValue>> OfAll { get; }

    public LinkedListNode<FairEntry<TKey, TValue>> OfHolder { get; }
}
