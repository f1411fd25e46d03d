using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gateway.Core.Buffers;
using Gateway.Core.Options;

namespace Gateway.Core.Channels;

/// <summary>
/// What waits for a shard, in two lanes and one order. Publications are bounded in count and bytes and refused above; control items are
/// never refused: connections × commands in flight bounds them. Each item knows how many publications were posted before it, so that
/// a subscription begins, and ends, at exactly one place in the stream.
/// </summary>
internal sealed class ShardInbox(ChannelOptions options) : IKeepsMemory
{
    // Places that are always there: a burst of so much never grows a lane.
    private const int LeastPlaces = 256;

    private readonly Lock _gate = new();
    private readonly Queue<Publication> _publications = new();
    private readonly Queue<ShardItem> _items = new();
    private long _posted; // publications, ever
    private long _bytes;
    private bool _isScheduled;

    /// <summary>Publications waiting; read without the lock: for metrics.</summary>
    public int Publications => _publications.Count;

    /// <summary>Their bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>What waits as a share of what may, in publications or in bytes.</summary>
    public double Fill => Math.Max((double)Publications / options.MaxInboxPublications, (double)Bytes / options.MaxInboxBytes);

    /// <summary>Of places in which nothing stands.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_gate)
                return ((_publications.Capacity - _publications.Count) * (long)Unsafe.SizeOf<Publication>()) + ((_items.Capacity - _items.Count) * (long)Unsafe.SizeOf<ShardItem>());
        }
    }

    /// <summary>False: the lane is full.</summary>
    public bool TryPost(Publication publication, out bool mustSchedule)
    {
        lock (_gate)
        {
            mustSchedule = false;
            var isFull = _publications.Count >= options.MaxInboxPublications || _bytes + publication.Payload.Length > options.MaxInboxBytes;
            // One publication always fits, whatever its size, or it could never be delivered.
            if (isFull && _publications.Count > 0)
                return false;
            _publications.Enqueue(publication);
            _posted++;
            _bytes += publication.Payload.Length;
            mustSchedule = Schedule();
            return true;
        }
    }

    public bool Post(ShardItem item)
    {
        lock (_gate)
        {
            _items.Enqueue(item with { After = _posted });
            return Schedule();
        }
    }

    /// <summary>
    /// Takes publications up to a bound, and the items that were posted before the next one. False: nothing waits, and the next post
    /// schedules the shard again. Under one lock with the posts, so that no wake-up is lost.
    /// </summary>
    /// <param name="items">Gets the items.</param>
    /// <param name="publications">Gets the publications.</param>
    /// <param name="maxCount">At most so many publications.</param>
    /// <param name="maxBytes">No further publication once their payloads are so large.</param>
    /// <param name="before">How many publications were taken ever before: the first one taken now was posted after so many.</param>
    public bool TryTake(List<ShardItem> items, List<Publication> publications, int maxCount, long maxBytes, out long before)
    {
        lock (_gate)
        {
            before = _posted - _publications.Count;
            if (_items.Count == 0 && _publications.Count == 0)
            {
                _isScheduled = false;
                return false;
            }

            for (long bytes = 0; publications.Count < maxCount && bytes < maxBytes && _publications.Count > 0;)
                bytes += TakeOne(publications);

            while (_items.TryPeek(out var item) && item.After <= before + publications.Count)
            {
                items.Add(item); // first: what there is no memory to take must not be lost
                _items.Dequeue();
            }

            return true;
        }
    }

    /// <summary>
    /// Takes further publications as long as they are of one channel and no item waits, so that they may join a batch that is being
    /// delivered. False: there is none.
    /// </summary>
    /// <param name="channel">The batch's.</param>
    /// <param name="publications">The batch; gets the publications.</param>
    /// <param name="maxCount">No more than so many in the batch.</param>
    /// <param name="maxBytes">No further publication once the batch's payloads are so large.</param>
    public bool TryTakeMore(ChannelName channel, List<Publication> publications, int maxCount, long maxBytes)
    {
        var count = publications.Count;
        long bytes = 0;
        foreach (var publication in publications)
            bytes += publication.Payload.Length;
        lock (_gate)
        {
            while (_items.Count == 0 && publications.Count < maxCount && bytes < maxBytes
                && _publications.TryPeek(out var next) && next.Channel.Equals(channel))
            {
                bytes += TakeOne(publications);
            }
        }

        return publications.Count > count;
    }

    public void Trim()
    {
        lock (_gate)
        {
            Trim(_publications);
            Trim(_items);
        }
    }

    public void TrimIdle() => Trim();

    private static void Trim<T>(Queue<T> lane)
    {
        if (lane.Capacity > Math.Max(LeastPlaces, 4 * lane.Count))
            lane.TrimExcess(Math.Max(LeastPlaces, lane.Count));
    }

    /// <summary>Under the lock. Returns its bytes.</summary>
    private int TakeOne(List<Publication> publications)
    {
        var publication = _publications.Peek();
        publications.Add(publication); // first, as below
        _publications.Dequeue();
        _bytes -= publication.Payload.Length;
        return publication.Payload.Length;
    }

    /// <summary>Nobody comes for what waits: the next post schedules the shard again.</summary>
    public void Unschedule()
    {
        lock (_gate)
            _isScheduled = false;
    }

    private bool Schedule()
    {
        if (_isScheduled)
            return false;
        _isScheduled = true;
        return true;
    }
}

/// <summary>Something for a shard to do beside delivering.</summary>
/// <param name="Kind">What.</param>
/// <param name="Subject">With what.</param>
/// <param name="After">How many publications had been posted before it; the inbox counts.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ShardItem(ShardItemKind Kind, object Subject, long After = 0);

internal enum ShardItemKind : byte
{
    /// <summary>A <see cref="SubscribeRequest"/>.</summary>
    Subscribe,

    /// <summary>An <see cref="UnsubscribeRequest"/>.</summary>
    Unsubscribe,

    /// <summary>A <see cref="Connections.Connection"/> that is gone.</summary>
    Detach,

    /// <summary>A <see cref="ChannelName"/> that the broker has confirmed.</summary>
    Joined,

    /// <summary>A <see cref="ChannelName"/> that the broker has not confirmed.</summary>
    JoinFailed,

    /// <summary>An <see cref="Action{T}"/> on the shard: looks at it from inside.</summary>
    Inspect,
}
