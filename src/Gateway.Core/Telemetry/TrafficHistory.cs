namespace Gateway.Core.Telemetry;

/// <summary>
/// The node's last five minutes, a point every two seconds: so that who opens the console after the event sees the event. 150 points of 96
/// bytes; Prometheus is for what is longer ago.
/// </summary>
/// <param name="metrics">Counters that are there anyway.</param>
/// <param name="latency">What was counted of deliveries since the start, by bucket.</param>
/// <param name="connections">How many stand.</param>
/// <param name="resident">Bytes of memory that the process has.</param>
/// <param name="time">Clock.</param>
internal sealed class TrafficHistory(GatewayMetrics metrics, Func<long[]> latency, Func<int> connections, Func<long> resident, TimeProvider time)
{
    /// <summary>Points kept.</summary>
    public const int Kept = 150;

    /// <summary>Between two points.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<TrafficPoint> _points = new(Kept); // guarded by the gate
    private Counts? _last; // by the clock only, as all that follows
    private long _lastAt;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<TrafficPoint> Points
    {
        get
        {
            lock (_gate)
                return [.. _points];
        }
    }

    /// <summary>Called by the node's clock once a second; never twice at once.</summary>
    public void OnRound()
    {
        var now = time.GetTimestamp();
        // Half a round early rather than one late.
        if (_last is not null && time.GetElapsedTime(_lastAt, now) < Interval - TimeSpan.FromMilliseconds(500))
            return;
        var counts = Read();
        if (_last is { } last)
            Add(Between(last, counts, time.GetElapsedTime(_lastAt, now).TotalSeconds));
        (_last, _lastAt) = (counts, now);
    }

    private void Add(TrafficPoint point)
    {
        lock (_gate)
        {
            if (_points.Count == Kept)
                _points.Dequeue();
            _points.Enqueue(point);
        }
    }

    private TrafficPoint Between(Counts before, Counts after, double seconds)
    {
        long[] delivered = [.. after.Latency.Zip(before.Latency, (now, then) => now - then)];
        return new TrafficPoint(
            time.GetUtcNow(),
            Rate(before.Received, after.Received),
            Rate(before.Sent, after.Sent),
            Rate(before.Publications, after.Publications),
            Rate(before.Deliveries, after.Deliveries),
            Rate(before.Dropped, after.Dropped),
            connections(),
            resident(),
            LatencyBuckets.Quantile(0.5, delivered),
            LatencyBuckets.Quantile(0.99, delivered));

        double Rate(long then, long now) => Math.Round((now - then) / seconds, 2);
    }

    private Counts Read() => new(
        metrics.MessagesReceived.OfKind(0) + metrics.MessagesReceived.OfKind(1), // text and binary
        metrics.MessagesSent.OfKind(0) + metrics.MessagesSent.OfKind(1),
        metrics.PublicationsReceived.Value + metrics.PublicationsOfEnvelopes.Value,
        metrics.Deliveries.Value,
        metrics.Drops.Sum(counter => counter.Value),
        latency());

    private sealed record Counts(long Received, long Sent, long Publications, long Deliveries, long Dropped, long[] Latency);
}
