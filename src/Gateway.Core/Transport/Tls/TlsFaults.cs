using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Transport.Tls;

/// <summary>Faults of our own on connections with TLS: each ends its connection, is counted, and never ends a thread.</summary>
internal sealed class TlsFaults(GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    private static readonly KeyValuePair<string, object?> Part = new("part", "tls");

    private readonly Rarely _mayLog = new(time, Log.Interval);

    public void Report(Exception exception)
    {
        metrics.Faults.Add(1, Part);
        if (_mayLog.Now())
            Log.TlsFault(log, exception);
    }
}
