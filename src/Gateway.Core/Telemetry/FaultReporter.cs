using Microsoft.Extensions.Logging;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Takes faults of our own in one part of the node, which goes on: each is counted, and once in a while one is logged. Throws nothing, since
/// to count and to log take memory too, and it may be that what is wanting. Any thread.
/// </summary>
/// <param name="part">The part, as the metric names it.</param>
/// <param name="line">The log's line; null: each fault brings its own.</param>
/// <param name="metrics">Counts them.</param>
/// <param name="time">Clock.</param>
/// <param name="log">For operators.</param>
internal sealed class FaultReporter(string part, Action<ILogger, Exception>? line, GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    private readonly KeyValuePair<string, object?> _part = new("part", part);
    private readonly Rarely _mayLog = new(time, Log.Interval);

    public void Report(Exception fault) => Report(line, fault, static (log, line, fault) => line?.Invoke(log, fault));

    /// <summary>A fault with what it was about.</summary>
    /// <param name="subject">Given to the line, which makes its text of it only where it is logged.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="lineOf">The log's line.</param>
    public void Report<T>(T subject, Exception fault, Action<ILogger, T, Exception> lineOf)
    {
        try
        {
            metrics.Faults.Add(1, _part);
            if (_mayLog.Now())
                lineOf(log, subject, fault);
        }
#pragma warning disable CA1031 // see above
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nobody is left to be told.
        }
    }
}
