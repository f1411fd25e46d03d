using System.Diagnostics.Metrics;
using Gateway.Auth;
using Gateway.Core;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Tls;
using Gateway.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Docs;

/// <summary>The instruments of a node that has everything: Redis, endpoints with TLS, and a JWK Set. It is put together and never started.</summary>
internal static class MetricCatalog
{
    public static IReadOnlyList<Metric> Read()
    {
        using var metrics = new GatewayMetrics();
        var options = new GatewayOptions();
        var redis = new RedisBroker(
            new RedisOptions { Configuration = "localhost" }, "docs", options.Limits.MaxPublicationBytes, metrics, TimeProvider.System, NullLogger<RedisBroker>.Instance);
        var node = new GatewayNode(options, redis, metrics, TimeProvider.System, NullLoggerFactory.Instance);
        var server = new GatewayServer(options, node, metrics, TimeProvider.System, NullLoggerFactory.Instance);
        var connections = node.Connections;
        using var jwks = new JwksSource(new JwtOptions { JwksUri = "https://issuer.example/keys" }, metrics, TimeProvider.System, NullLogger<JwksSource>.Instance);
        using var tls = new TlsEndpoints(options, connections.Transport, connections, connections.Slots, TimeProvider.System, NullLogger.Instance, new FarewellPlaces(1));

        var found = new List<Metric>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter == metrics.Meter)
                found.Add(Metric.Of(instrument));
        };
        listener.Start();
        GC.KeepAlive(server);
        return [.. found.OrderBy(metric => metric.Name, StringComparer.Ordinal)];
    }
}
