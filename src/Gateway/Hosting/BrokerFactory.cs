using Gateway.Configuration;
using Gateway.Core.Brokers;
using Gateway.Core.Telemetry;
using Gateway.Redis;

namespace Gateway.Hosting;

/// <summary>The one place where the broker is chosen: without <c>Gateway:Redis:Configuration</c> the node runs alone, in process.</summary>
internal static class BrokerFactory
{
    public static IBroker Create(GatewaySettings settings, GatewayMetrics metrics, TimeProvider time, ILogger<RedisBroker> log) =>
        settings.Redis.Configuration.Length == 0
            ? new InProcessBroker()
            : new RedisBroker(
                settings.Redis, settings.Gateway.Node.EnsureName(), settings.Gateway.Limits.MaxPublicationBytes, metrics, time, log);
}
