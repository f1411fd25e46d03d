using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Telemetry;

public sealed class EventCounterTests : IDisposable
{
    private readonly Meter _meter = new("events");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Series_BeforeTheFirstEvent_AreThereAtZero()
    {
        _ = new EventCounter(_meter, "gateway.publications", "{publication}", "");

        Assert.Equal(
            [("api,ok", 0L), ("api,refused", 0), ("api,unavailable", 0), ("client,ok", 0), ("client,refused", 0), ("client,unavailable", 0)],
            Read().OrderBy(series => series.Tags, StringComparer.Ordinal));
    }

    [Fact]
    public void Series_ThatDoNotOccur_AreNotThere()
    {
        _ = new EventCounter(_meter, "gateway.publications", "{publication}", "", static (source, _) => source == "api");

        Assert.Equal(["api,ok", "api,refused", "api,unavailable"], Read().Select(series => series.Tags).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Add_WithTags_CountsThatSeriesAlone()
    {
        var counter = new EventCounter(_meter, "gateway.publications", "{publication}", "");
        counter.Add(2, new("source", "client"), new("result", "ok"));

        Assert.Equal(("client,ok", 2), Assert.Single(Read(), series => series.Value > 0));
        Assert.Equal(2, counter.Total);
    }

    [Fact]
    public void Add_AValueOutsideTheSet_IsCountedAllTheSame()
    {
        var counter = new EventCounter(_meter, "gateway.departures", "{connection}", "");
        counter.Add(1, new KeyValuePair<string, object?>("reason", "new"));

        Assert.Equal(("new", 1), Assert.Single(Read(), series => series.Value > 0));
    }

    [Fact]
    public void Add_NoTags_IsOneSeries()
    {
        var counter = new EventCounter(_meter, "gateway.broker.gaps", "{gap}", "");
        counter.Add(1);

        Assert.Equal(("", 1), Assert.Single(Read()));
    }

    private List<(string Tags, long Value)> Read()
    {
        var series = new List<(string, long)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == _meter)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => series.Add((string.Join(',', tags.ToArray().Select(tag => tag.Value)), value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return series;
    }
}
