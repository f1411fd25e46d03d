using Microsoft.Extensions.Logging;

namespace Gateway.Core.Telemetry;

/// <summary>Counts clients that have reached a limit, and names one of them in the log once in a while: a flood must not fill it.</summary>
internal sealed class LimitReports(GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    private readonly Rarely[] _mayLog = [.. Limits.All.Select(_ => new Rarely(time, Log.Interval))];

    /// <param name="limit">Which.</param>
    /// <param name="connection">Whose.</param>
    /// <param name="remote">Its address, asked for only when the line is written.</param>
    public void Reached(Limit limit, string connection, Func<string?> remote)
    {
        metrics.LimitsReached.Add(1, new KeyValuePair<string, object?>("limit", limit.Label()));
        if (_mayLog[(int)limit].Now())
            Log.LimitReached(log, connection, remote(), limit.Option());
    }
}
