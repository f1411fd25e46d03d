using Gateway.Core.Telemetry;

namespace Gateway.Integration.Fixtures;

/// <summary>What one counter has counted since this was made, over all its tags.</summary>
public sealed class CounterReading(EventCounter counter)
{
    private readonly long _before = counter.Total;

    public long Value => counter.Total - _before;
}
