using System.Collections.ObjectModel;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Channels;

/// <summary>
/// The single writer of its connections' subscriptions. A drain takes what waits, changes subscriptions, queues each publication for
/// its subscribers, then flushes each connection it has touched once: under light load a publication leaves at once, under heavy load
/// batches form by themselves.
/// </summary>
internal sealed partial class Shard : IThreadPoolWorkItem
{
    // A batch's publications become one send a connection; more would gain nothing and make the first wait.
    private const int BatchPublications = 256;

    // Batches in one go; then other work has its turn on the thread.
    private const int BatchesPerTurn = 8;

    private readonly int _index;
    private readonly ChannelDirectory _directory;
    private readonly ShardInbox _inbox;
    private readonly LimitOptions _limits;
    private readonly long _batchBytes;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // Touched by the drain only.
    private readonly Dictionary<ChannelName, ShardChannel> _channels = new(ChannelNameComparer.Instance);
    private readonly List<Publication> _batch = new(BatchPublications);
    private readonly List<Subscriber> _dirty = [];
    private readonly List<ShardItem> _items = [];
    private int _subscriptions;

    public Shard(int index, ChannelDirectory directory, GatewayOptions options, GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        (_index, _directory, _metrics, _time, _log) = (index, directory, metrics, time, log);
        _limits = options.Limits;
        _inbox = new ShardInbox(options.Channels);
        // Far below a queue's bound: a batch must never fill the queue of a client that reads.
        _batchBytes = Math.Min(1024 * 1024, options.Limits.MaxQueueBytes / 8);
    }

    /// <summary>Subscriptions, the ones that wait for the broker included.</summary>
    public int Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>What waits.</summary>
    public ShardInbox Inbox => _inbox;

    /// <summary>The channels, for those who look from inside.</summary>
    public ReadOnlyDictionary<ChannelName, ShardChannel> Channels => _channels.AsReadOnly();

    /// <summary>Any thread. Dropped and counted when too much waits.</summary>
    public void Post(Publication publication)
    {
        if (!_inbox.TryPost(publication, out var mustSchedule))
        {
            _metrics.Drops[(int)DropReason.InboxFull].Add(1);
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

    /// <summary>Looks at the shard from inside a drain.</summary>
    public Task<T> InspectAsync<T>(Func<Shard, T> look)
    {
        var seen = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(ShardItemKind.Inspect, (Action<Shard>)(shard => seen.SetResult(look(shard))));
        return seen.Task;
    }

    /// <summary>The drain. Never runs twice at once: the inbox schedules it only when it has found nothing.</summary>
    public void Execute()
    {
        for (var batch = 0; batch < BatchesPerTurn; batch++)
        {
            if (!_inbox.TryTake(_items, _batch, BatchPublications, _batchBytes, out var before))
                return;
            RunInOrder(before);
            FlushDirty();
            RecordLatency();
            _items.Clear();
            ReleaseBatch();
        }

        Schedule();
    }

    private void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Items and publications in the order in which they were posted.</summary>
    private void RunInOrder(long before)
    {
        var next = 0;
        foreach (var publication in _batch)
        {
            for (; next < _items.Count && _items[next].After <= before; next++)
                Guarded(static (shard, item) => shard.Run(item), _items[next]);
            Guarded(static (shard, publication) => shard.Deliver(publication), publication);
            before++;
        }

        for (; next < _items.Count; next++)
            Guarded(static (shard, item) => shard.Run(item), _items[next]);
    }

    /// <summary>A fault of ours in one thing must not cost the shard the others.</summary>
    private void Guarded<T>(Action<Shard, T> act, T subject)
    {
        try
        {
            act(this, subject);
        }
#pragma warning disable CA1031 // see above
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.ShardFault(_log, _index, e);
        }
    }

    private void Deliver(Publication publication)
    {
        if (_channels.TryGetValue(publication.Channel, out var channel) && channel.ActiveCount > 0)
            Deliver(publication, channel.Active);
    }

    private void Deliver(Publication publication, ReadOnlySpan<Subscription> subscriptions)
    {
        // Subscribers of one protocol mostly stand together: the frame is looked up when the encoder changes.
        var encoder = subscriptions[0].Encoder;
        var frame = publication.FrameFor(encoder);
        var queued = 0;
        foreach (var subscription in subscriptions)
        {
            if (subscription.Encoder != encoder)
            {
                Count(frame, queued);
                queued = 0;
                encoder = subscription.Encoder;
                frame = publication.FrameFor(encoder);
            }

            if (!subscription.Subscriber.Connection.Enqueue(frame))
                continue;
            queued++;
            MarkDirty(subscription.Subscriber);
        }

        Count(frame, queued);
    }

    private void Count(OutboundFrame frame, int queued)
    {
        _metrics.Deliveries.Add(queued);
        _metrics.MessagesSent[Connection.KindOf(frame.Opcode)].Add(queued);
    }

    private void MarkDirty(Subscriber subscriber)
    {
        if (subscriber.IsDirty)
            return;
        subscriber.IsDirty = true;
        _dirty.Add(subscriber);
    }

    private void FlushDirty()
    {
        foreach (var subscriber in _dirty)
        {
            subscriber.IsDirty = false;
            subscriber.Connection.Flush();
        }

        _dirty.Clear();
    }

    private void ReleaseBatch()
    {
        foreach (var publication in _batch)
            publication.Release();
        _batch.Clear();
    }

    /// <summary>One observation a batch, for its oldest publication.</summary>
    private void RecordLatency()
    {
        if (_batch.Count > 0)
            _metrics.DeliveryLatency.Record(_time.GetElapsedTime(_batch[0].ReceivedAt).TotalSeconds);
    }
}
