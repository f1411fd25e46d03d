using Gateway.Core.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Telemetry;

public sealed class TrafficHistoryTests : IDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LatencyBuckets _latency = new();
    private readonly TrafficHistory _history;
    private int _connections;

    public TrafficHistoryTests() => _history = new TrafficHistory(_metrics, Latencies, () => _connections, () => 1, _time);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Points_OfWhatWasCounted_AreRatesAndStates()
    {
        _metrics.Deliveries.Add(1000); // before the first look: of no point
        Round();
        _metrics.Deliveries.Add(100);
        _metrics.Drops[1].Add(4);
        _metrics.PublicationsReceived.Add(6);
        _metrics.PublicationsOfEnvelopes.Add(2);
        _metrics.MessagesSent.Add(default, kind: 0, messages: 8, bytes: 1);
        _metrics.MessagesReceived.Add(default, kind: 1, messages: 10, bytes: 1);
        _metrics.MessagesReceived.Add(default, kind: 2, messages: 99, bytes: 1); // a ping is no message
        _latency.Add(0.0001);
        _connections = 7;
        Rounds(2);

        var point = Assert.Single(_history.Points);
        Assert.Equal(_time.GetUtcNow(), point.At);
        Assert.Equal((5, 4, 4, 50, 2, 7), (point.Received, point.Sent, point.Publications, point.Deliveries, point.Dropped, point.Connections));
        Assert.True(point.MemoryBytes > 0);
        Assert.InRange(point.LatencyP99Seconds!.Value, 0.00009, 0.0001);

        Rounds(2);
        Assert.Equal((0, (double?)null), (_history.Points[1].Deliveries, _history.Points[1].LatencyP50Seconds));
    }

    [Fact]
    public void Points_OverALongTime_AreThoseOfTheLastFiveMinutes()
    {
        Rounds(1 + (2 * (TrafficHistory.Kept + 5)));

        Assert.Equal(TrafficHistory.Kept, _history.Points.Count);
        Assert.Equal(_time.GetUtcNow(), _history.Points[^1].At);
        Assert.Equal(TimeSpan.FromMinutes(5), TrafficHistory.Interval * TrafficHistory.Kept);
        Assert.Equal(_time.GetUtcNow() - (TrafficHistory.Interval * (TrafficHistory.Kept - 1)), _history.Points[0].At);
    }

    private void Rounds(int count)
    {
        for (var i = 0; i < count; i++)
            Round();
    }

    private void Round()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _history.OnRound();
    }

    private long[] Latencies()
    {
        var sums = new long[LatencyBuckets.Bounds.Length + 1];
        _latency.AddTo(sums);
        return sums;
    }
}
