using System.Diagnostics.Metrics;

namespace Gateway.Integration.Fixtures;

/// <summary>Adds up what one instrument, and only that very one, is told.</summary>
public sealed class CounterReading : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _value;

    public CounterReading(Instrument instrument)
    {
        _listener.SetMeasurementEventCallback<long>((_, amount, _, _) => Interlocked.Add(ref _value, amount));
        _listener.Start();
        _listener.EnableMeasurementEvents(instrument);
    }

    public long Value => Volatile.Read(ref _value);

    public void Dispose() => _listener.Dispose();
}
