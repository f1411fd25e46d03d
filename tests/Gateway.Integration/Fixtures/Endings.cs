using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Integration.Fixtures;

/// <summary>Why a node's connections ended, as its metric says.</summary>
internal sealed class Endings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _reasons = new();

    public Endings(GatewayMetrics metrics)
    {
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var (key, value) in tags)
            {
                if (key == "reason")
                    _reasons.Enqueue((string)value!);
            }
        });
        _listener.Start();
        _listener.EnableMeasurementEvents(metrics.Closes);
    }

    /// <summary>In the order of the endings.</summary>
    public IReadOnlyList<string> Reasons => [.. _reasons];

    public void Dispose() => _listener.Dispose();
}
