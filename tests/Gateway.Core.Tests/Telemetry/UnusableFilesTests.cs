using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Telemetry;

public sealed class UnusableFilesTests : IDisposable
{
    private readonly Meter _meter = new("files");
    private readonly UnusableFiles _files;

    public UnusableFilesTests() => _files = new UnusableFiles(_meter);

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Series_FromTheStart_AreThereAtZero() =>
        Assert.Equal([("certificates", 0), ("rules", 0), ("token_keys", 0)], Read());

    [Fact]
    public void Set_EachSource_CountsOnce_UntilItIsMended()
    {
        _files.Set(UnusableFiles.Certificates, "0", isUnusable: true);
        _files.Set(UnusableFiles.Certificates, "0", isUnusable: true);
        _files.Set(UnusableFiles.Certificates, "1", isUnusable: true);
        Assert.Equal([("certificates", 2), ("rules", 0), ("token_keys", 0)], Read());

        _files.Set(UnusableFiles.Certificates, "0", isUnusable: false);
        _files.Set(UnusableFiles.Rules, "0", isUnusable: false);
        Assert.Equal([("certificates", 1), ("rules", 0), ("token_keys", 0)], Read());
    }

    private IEnumerable<(string Part, int Count)> Read()
    {
        var series = new List<(string, int)>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, all) => { if (instrument.Meter == _meter) all.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => series.Add(((string)tags[0].Value!, value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return series.Order();
    }
}
