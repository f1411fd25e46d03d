using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Core.Tests.Telemetry;

public sealed class StallWatchTests : IDisposable
{
    private readonly StoppedClock _time = new();
    private readonly GatewayMetrics _metrics = new();
    private readonly StallWatch _watch;

    public StallWatchTests() => _watch = new StallWatch(_metrics, _time, NullLogger.Instance);

    public void Dispose()
    {
        _watch.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void Tick_InTime_OrALittleLate_IsNoStall()
    {
        TickAfter(StallWatch.Period);
        TickAfter(StallWatch.Period + StallWatch.Least - TimeSpan.FromTicks(1));

        Assert.Null(_watch.Last);
        Assert.Equal((0, 0), Read());
    }

    [Fact]
    public void Tick_SecondsLate_IsAStallOfThatLength()
    {
        TickAfter(TimeSpan.FromSeconds(15) + StallWatch.Period);
        TickAfter(TimeSpan.Zero); // those that were due meanwhile come together
        TickAfter(StallWatch.Period);

        Assert.Equal(new StallWatch.Stall(_time.GetUtcNow() - StallWatch.Period, TimeSpan.FromSeconds(15)), _watch.Last);
        Assert.Equal((1, 15), Read());
    }

    private void TickAfter(TimeSpan time)
    {
        _time.Now += time;
        _watch.Tick();
    }

    private (double Count, double Seconds) Read()
    {
        var read = new Dictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, all) => { if (instrument.Meter == _metrics.Meter) all.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => read[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => read[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return (read["gateway.stalls"], read["gateway.stall.duration"]);
    }

    /// <summary>Its timers never come by themselves.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.UtcTicks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
