using Microsoft.Extensions.Logging;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Takes faults of our own in one part of the node, which goes on: each is counted, and once in a while one is logged. Throws nothing, since
/// to count and to log take memory too, and it may be that what is wanting. Any thread.
/// </summary>
/// <param name="part">The part, as the metric names it.</param>
/// <param name="line">The log's line.</param>
/// <param name="metrics">Counts them.</param>
/// <param name="time">Clock.</param>
/// <param name="log">For operators.</param>
internal sealed class FaultReporter(string part, Action<ILogger, Exception> line, GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    private readonly KeyValuePair<string, object?> _part = new("part", part);
    private readonly Rarely _mayLog = new(time, Log.Interval);

    public void Report(Exception fault)
    {
        try
        {
            metrics.Faults.Add(1, _part);
            if (_mayLog.Now())
                line(log, fault);
        }
#pragma warning disable CA1031 // see above
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nobody is left to be told.
        }
    }
}
