using System.Runtime.InteropServices;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Channels;

/// <summary>
/// The broadcast: a batch of one channel is joined once for all its subscribers and sent without being queued, in rounds over them. What is
/// published meanwhile joins where the round stands and leaves when it has come around, so that each send carries all that came since the
/// subscriber's last one. If it waited for the round's end instead, shards that are out of step would share a burst between them, and send
/// each half of it alone.
/// </summary>
internal sealed partial class Shard
{
    // Subscribers between two looks at what has come: a send takes microseconds, a look a fraction of one.
    private const int SubscribersPerLook = 32;

    private readonly JoinedFrames?[] _joined = new JoinedFrames?[Publication.MaxEncoders]; // by the encoder's slot
    private readonly Queue<Joining> _joinings = new();
    private readonly Action<IPublicationEncoder, OutboundFrame, int> _count;

    /// <summary>Delivers the batch, and what joins it.</summary>
    private void Broadcast(bool mayGrow)
    {
        if (!_channels.TryGetValue(_batch[0].Channel, out var channel) || channel.ActiveCount == 0)
            return;
        try
        {
            Rounds(channel, mayGrow);
        }
        finally
        {
            _joinings.Clear();
            foreach (var joined in _joined)
                joined?.Clear();
        }
    }

    private void Rounds(ShardChannel channel, bool mayGrow)
    {
        var subscriptions = channel.Active; // an item would change it: none runs until the broadcast has ended
        var round = subscriptions.Length;
        var lastJoining = (long)round * (_roundsLeft - 1);
        _joinings.Enqueue(new Joining(_batch.Count, round));
        for (var visits = 0L; _batch.Count > 0;)
        {
            var position = (int)(visits % round);
            var ahead = (int)Math.Min(Math.Min(SubscribersPerLook, round - position), _joinings.Peek().End - visits);
            Visit(subscriptions.Slice(position, ahead), channel.Outbound);
            visits += ahead;
            if (position + ahead == round)
                _roundsLeft--;
            if (visits == _joinings.Peek().End)
                Leave(_joinings.Dequeue().Publications, subscriptions);
            if (mayGrow && _batch.Count > 0 && visits < lastJoining)
                Join(channel.Name, visits + round);
        }

        _roundsLeft++; // the last one is the turn's own to count
    }

    /// <summary>Sends the batch, as it is now, to some of the subscribers.</summary>
    private void Visit(ReadOnlySpan<Subscription> subscriptions, OutboundChannel channel)
    {
        JoinedFrames? joined = null;
        foreach (var subscription in subscriptions)
        {
            if (joined is null || subscription.Encoder != joined.Encoder)
                joined = Joined(subscription.Encoder);
            if (TryDeliver(joined, subscription.Subscriber.Connection, channel))
                MarkDirty(subscription.Subscriber);
        }

        foreach (var used in _joined)
            used?.Report(_count);
        _sends += Math.Max(0, subscriptions.Length - _dirty.Count);
        FlushDirty();
    }

    /// <summary>What has been published meanwhile is of the batch from here to where it has come around.</summary>
    private void Join(ChannelName channel, long end)
    {
        var first = _batch.Count;
        if (!_inbox.TryTakeMore(channel, _batch, BatchPublications, _batchBytes))
            return;
        TraceTaken(first);
        _joinings.Enqueue(new Joining(_batch.Count - first, end));
        foreach (var joined in _joined)
        {
            if (joined?.Encoder is not null)
                Add(joined, first);
        }
    }

    /// <summary>The oldest of the batch have come around.</summary>
    private void Leave(int publications, ReadOnlySpan<Subscription> subscriptions)
    {
        if (_deliveries.Count > 0)
        {
            foreach (var publication in CollectionsMarshal.AsSpan(_batch)[..publications])
                TraceSubscribers(publication, subscriptions);
        }

        foreach (var joined in _joined)
        {
            if (joined?.Encoder is not null)
                joined.Remove(CollectionsMarshal.AsSpan(_batch)[..publications]);
        }

        EndPublications(publications);
    }

    private JoinedFrames Joined(IPublicationEncoder encoder)
    {
        ref var joined = ref _joined[encoder.Slot];
        joined ??= new JoinedFrames();
        if (joined.Encoder is null)
        {
            joined.Begin(encoder);
            Add(joined, first: 0);
        }

        return joined;
    }

    private void Add(JoinedFrames joined, int first)
    {
        foreach (var publication in CollectionsMarshal.AsSpan(_batch)[first..])
            Guarded(static (_, part) => part.Joined.Add(part.Publication), (Joined: joined, Publication: publication));
        joined.Cork();
    }

    /// <summary>Publications that joined the batch together.</summary>
    /// <param name="Publications">How many.</param>
    /// <param name="End">The number of visits after which they have come around.</param>
    private readonly record struct Joining(int Publications, long End);
}
