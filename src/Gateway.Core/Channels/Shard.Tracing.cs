using System.Diagnostics;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Channels;

/// <summary>
/// The spans of the publications that are traced: one a shard, from the arrival at the node to the end of the flush. A publication that is
/// not traced costs a look at a null when it is taken and another when it is delivered; a delivery costs nothing.
/// </summary>
internal sealed partial class Shard
{
    private readonly List<Delivery> _deliveries = []; // of the batch, in its order
    private long _sends; // that were begun, one a connection; ever

    /// <summary>The batch has got publications from here on, which have left the inbox.</summary>
    private void TraceTaken(int first)
    {
        for (var i = first; i < _batch.Count; i++)
        {
            if (_batch[i].Trace is { } trace && PublicationTracing.StartDelivery(trace, _batch[i].Channel.Text, _index) is { } span)
                _deliveries.Add(new Delivery(_batch[i], span) { SendsBefore = _sends });
        }
    }

    /// <summary>For whom it is, and what that makes: as it is queued or has been sent.</summary>
    private void TraceSubscribers(Publication publication, ReadOnlySpan<Subscription> subscriptions)
    {
        if (_deliveries.Find(delivery => delivery.Publication == publication) is not { } delivery)
            return;
        delivery.Subscribers = subscriptions.Length;
        foreach (var subscription in subscriptions)
            delivery.Bytes += publication.FrameFor(subscription.Encoder).Length;
    }

    /// <summary>The first publications of the batch have been flushed.</summary>
    private void TraceEnd(int count)
    {
        for (var i = 0; i < count && _deliveries.Count > 0; i++)
        {
            var delivery = _deliveries[0];
            if (delivery.Publication != _batch[i])
                continue;
            _deliveries.RemoveAt(0);
            PublicationTracing.EndDelivery(
                delivery.Span, delivery.Subscribers, delivery.Bytes, _batch.Count, _sends - delivery.SendsBefore, LeftWaiting(delivery.Publication));
        }
    }

    /// <summary>Subscribers whose kernel did not take all of what they have been sent.</summary>
    private int LeftWaiting(Publication publication)
    {
        var behind = 0;
        if (_channels.TryGetValue(publication.Channel, out var channel))
        {
            foreach (var subscription in channel.Active)
                behind += subscription.Subscriber.Connection.IsBehind ? 1 : 0;
        }

        return behind;
    }

    private sealed class Delivery(Publication publication, Activity span)
    {
        public Publication Publication { get; } = publication;

        public Activity Span { get; } = span;

        public long SendsBefore { get; init; }

        public int Subscribers { get; set; }

        /// <summary>Of the frames, before a connection's own compression.</summary>
        public long Bytes { get; set; }
    }
}
