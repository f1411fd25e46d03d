using Gateway.Core.Connections;
using Gateway.Core.Diagnosis;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Relay;

/// <summary>The node was without its broker: remembered, and told to every client.</summary>
/// <param name="registry">Who is told.</param>
/// <param name="gaps">Where it is remembered.</param>
/// <param name="perSecond">Clients that may act upon it in a second: <c>Gateway:Channels:GapRate</c>.</param>
/// <param name="time">Clock.</param>
/// <param name="log">For operators.</param>
internal sealed class GapNotices(ConnectionRegistry registry, BrokerGaps gaps, int perSecond, TimeProvider time, ILogger log)
{
    public void Tell(TimeSpan duration, int channels)
    {
        Log.Gap(log, duration.TotalMilliseconds, channels);
        gaps.Add(duration, time.GetUtcNow());
        // A broken link of some milliseconds must not send all clients to their backends at once.
        var within = TimeSpan.FromSeconds((double)registry.Count / perSecond);
        // Not on the broker's own thread: there may be a hundred thousand to tell.
        ThreadPool.UnsafeQueueUserWorkItem(
            static item =>
            {
                foreach (var connection in item.Registry.All())
                    connection.Protocol?.OnGap(connection, item.Duration, item.Within);
            },
            (Registry: registry, Duration: duration, Within: within),
            preferLocal: false);
    }
}
