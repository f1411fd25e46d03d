using System.Diagnostics.Metrics;

namespace Gateway.Integration.Fixtures;

/// <summary>Reads an observable instrument, as a scrape would.</summary>
public static class GaugeReading
{
    /// <summary>The sum of what it says now, over all its tags.</summary>
    public static double Sum(Meter meter, string name)
    {
        var sum = 0d;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter && instrument.Name == name)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => sum += value);
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => sum += value);
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => sum += value);
        listener.Start();
        listener.RecordObservableInstruments();
        return sum;
    }
}
