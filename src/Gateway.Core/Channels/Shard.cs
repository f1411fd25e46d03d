using System.Collections.ObjectModel;
using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Channels;

/// <summary>
/// The single writer of its connections' subscriptions. A turn takes what waits, changes subscriptions, queues each publication for
/// its subscribers, then flushes each connection it has touched once: under light load a publication leaves at once, under heavy load
/// batches form by themselves. A batch of one channel alone is a broadcast.
/// </summary>
internal sealed partial class Shard : IThreadPoolWorkItem
{
    // A batch's publications become one send a connection; more would gain nothing and make the first wait.
    private const int BatchPublications = 256;

    // Batches in one go, or rounds over a channel; then other work has its turn on the thread.
    private const int RoundsPerTurn = 8;

    private readonly int _index;
    private readonly ChannelDirectory _directory;
    private readonly NodeShares _shares;
    private readonly ShardInbox _inbox;
    private readonly LimitOptions _limits;
    private SlowConsumerPolicies _policies; // touched in its turns only, but for the first
    private readonly long _batchBytes;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Rarely _mayLogFault;

    // Touched in its turns only, but for their capacities.
    private readonly Dictionary<ChannelName, ShardChannel> _channels = new(ChannelNameComparer.Instance);
    private readonly List<Publication> _batch = new(BatchPublications);
    private readonly List<Subscriber> _dirty = [];
    private readonly List<ShardItem> _items = [];
    private int _roundsLeft; // of this turn
    private int _subscriptions;

    public Shard(int index, ChannelDirectory directory, NodeShares shares, GatewayOptions options, GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        (_index, _directory, _shares, _metrics, _time, _log) = (index, directory, shares, metrics, time, log);
        _mayLogFault = new Rarely(time, Log.Interval);
        _limits = options.Limits;
        _policies = new SlowConsumerPolicies(options.Rules);
        _count = Count;
        _inbox = new ShardInbox(options.Channels);
        // Half of what leaves in one send, so that small publications with their envelopes do, and far below a queue's bound: a batch must
        // never fill the queue of a client that reads.
        _batchBytes = Math.Min(ThreadBlock.CorkBytes / 2, options.Limits.MaxQueueBytes / 8);
    }

    /// <summary>Subscriptions, the ones that wait for the broker included.</summary>
    public int Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>What waits.</summary>
    public ShardInbox Inbox => _inbox;

    /// <summary>From a publication's arrival to the end of the writes, as the metric.</summary>
    public LatencyBuckets Latency { get; } = new();

    /// <summary>The channels, for those who look from inside.</summary>
    public ReadOnlyDictionary<ChannelName, ShardChannel> Channels => _channels.AsReadOnly();

    /// <summary>Any thread. Dropped and counted when too much waits.</summary>
    public void Post(Publication publication)
    {
        if (!_inbox.TryPost(publication, out var mustSchedule))
        {
            _metrics.Drops[(int)DropReason.InboxFull].Add(1);
            if (publication.Trace is { } trace)
                PublicationTracing.Dropped(trace, _index, DropReason.InboxFull);
            _directory.FindAny(publication.Channel.Utf8)?.CountInboxFull();
            publication.Release();
        }
        else if (mustSchedule)
        {
            Schedule();
        }
    }

    /// <summary>Any thread.</summary>
    public void Post(ShardItemKind kind, object subject)
    {
        if (_inbox.Post(new ShardItem(kind, subject)))
            Schedule();
    }

    /// <summary>
    /// What a client asks, from the turn in which it is received: done on the spot if nobody is at the shard, since waking a thread costs
    /// more than most requests. Any thread that is not in a shard's turn and holds no lock.
    /// </summary>
    public void Do(ShardItemKind kind, object subject, Connection asker)
    {
        if (!_inbox.Post(new ShardItem(kind, subject)))
            return;
        for (var turn = 0; turn < RoundsPerTurn; turn++)
        {
            if (!TryTake(maxCount: 0, maxBytes: 0, out _))
                return;
            if (_items.Count == 0)
                break; // publications wait: those take their time
            RunItems(0, long.MaxValue);
            FlushDirty(except: asker);
            _items.Clear();
        }

        Schedule();
    }

    /// <summary>What holds for slow consumers from now on, in the channels that are there as well.</summary>
    public void Apply(SlowConsumerPolicies policies) => Post(ShardItemKind.Inspect, (Action<Shard>)(shard =>
    {
        shard._policies = policies;
        foreach (var channel in shard._channels.Values)
            channel.Outbound.Policy = policies.Of(channel.Name);
    }));

    /// <summary>Looks at the shard from inside a turn.</summary>
    public Task<T> InspectAsync<T>(Func<Shard, T> look)
    {
        var seen = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(ShardItemKind.Inspect, (Action<Shard>)Look);
        return seen.Task;

        void Look(Shard shard)
        {
            try
            {
                seen.SetResult(look(shard));
            }
            catch (Exception e)
            {
                seen.TrySetException(e); // whoever looks is told too, or would wait for ever
                throw;
            }
        }
    }

    /// <summary>A turn. Never runs twice at once: the inbox schedules it only when it has found nothing.</summary>
    public void Execute()
    {
        for (_roundsLeft = RoundsPerTurn; _roundsLeft > 0; _roundsLeft--)
        {
            if (!TryTake(BatchPublications, _batchBytes, out var before))
                return;
            Guarded(static (shard, first) => shard.TraceTaken(first), 0);
            RunInOrder(before);
            FlushDirty();
            EndPublications(_batch.Count);
            _items.Clear();
        }

        Schedule();
    }

    /// <summary>Items and publications in the order in which they were posted.</summary>
    private void RunInOrder(long before)
    {
        var next = RunItems(0, before);
        if (IsOneBroadcast(next, before))
        {
            // What comes meanwhile may join, unless an item was posted before it.
            Guarded(static (shard, mayGrow) => shard.Broadcast(mayGrow), next == _items.Count);
        }
        else
        {
            foreach (var publication in _batch)
            {
                next = RunItems(next, before++);
                Guarded(static (shard, publication) => shard.Deliver(publication), publication);
            }
        }

        RunItems(next, long.MaxValue);
    }

    /// <summary>From one item on, those that were posted before so many publications. Returns the next one.</summary>
    private int RunItems(int next, long before)
    {
        for (; next < _items.Count && _items[next].After <= before; next++)
            Guarded(static (shard, item) => shard.Run(item), _items[next], (_items[next].Subject as ChannelRequest)?.Connection);
        return next;
    }

    /// <summary>Whether the publications are all of one channel, and no item stands between them.</summary>
    private bool IsOneBroadcast(int nextItem, long before)
    {
        if (_batch.Count == 0 || (nextItem < _items.Count && _items[nextItem].After < before + _batch.Count))
            return false;
        foreach (var publication in _batch)
        {
            if (!publication.Channel.Equals(_batch[0].Channel))
                return false;
        }

        return true;
    }

    private void Deliver(Publication publication)
    {
        if (_channels.TryGetValue(publication.Channel, out var channel) && channel.ActiveCount > 0)
            Deliver(publication, channel.Active, channel.Outbound);
    }

    private void Deliver(Publication publication, ReadOnlySpan<Subscription> subscriptions, OutboundChannel channel)
    {
        // Subscribers of one protocol mostly stand together: the frame is looked up when the encoder changes.
        var encoder = subscriptions[0].Encoder;
        var frame = publication.FrameFor(encoder);
        var queued = 0;
        foreach (var subscription in subscriptions)
        {
            if (subscription.Encoder != encoder)
            {
                Count(encoder, frame, queued);
                queued = 0;
                encoder = subscription.Encoder;
                frame = publication.FrameFor(encoder);
            }

            if (!TryEnqueue(subscription.Subscriber.Connection, frame, channel, publication))
                continue;
            queued++;
            MarkDirty(subscription.Subscriber);
        }

        Count(encoder, frame, queued);
        if (publication.Trace is not null)
            TraceSubscribers(publication, subscriptions);
    }

    private void Count(IPublicationEncoder encoder, OutboundFrame frame, int queued)
    {
        _metrics.Deliveries.Add(queued);
        _metrics.MessagesSent.Add(encoder.Label, Connection.KindOf(frame.Opcode), queued, frame.Length);
    }

    private void MarkDirty(Subscriber subscriber)
    {
        if (subscriber.IsDirty)
            return;
        _dirty.Add(subscriber); // first: one that is marked and not there would never be flushed again
        subscriber.IsDirty = true;
    }

    /// <param name="except">Flushed at the end of its own turn, with the answers to what else it asked.</param>
    private void FlushDirty(Connection? except = null)
    {
        _sends += _dirty.Count;
        foreach (var subscriber in _dirty)
        {
            subscriber.IsDirty = false;
            if (subscriber.Connection != except)
                Flush(subscriber.Connection);
        }

        _dirty.Clear();
    }

    /// <summary>The first publications of the batch have been delivered, or nobody wants them: they are released, whatever else fails.</summary>
    private void EndPublications(int count)
    {
        if (count == 0)
            return;
        Guarded(static (shard, count) => shard.Observe(count), count);
        for (var i = 0; i < count; i++)
            Guarded(static (_, publication) => publication.Release(), _batch[i]);
        _batch.RemoveRange(0, count);
        if (_batch.Count == 0)
            _deliveries.Clear(); // a fault may have left some
    }

    private void Observe(int count)
    {
        if (_deliveries.Count > 0)
            TraceEnd(count);
        // One observation for all of them, of the oldest.
        var seconds = _time.GetElapsedTime(_batch[0].ReceivedAt).TotalSeconds;
        _metrics.DeliveryLatency.Record(seconds);
        Latency.Add(seconds);
    }
}
