using Gateway.Core.Telemetry;
using Gateway.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Integration.Brokers;

/// <summary>A broker as tests want it: it notices a fault within moments.</summary>
public static class TestRedisBroker
{
    public const int MaxPublicationBytes = 1024 * 1024;

    public static RedisOptions Options(string configuration, string prefix = "gateway:") => new()
    {
        Configuration = configuration,
        Prefix = prefix,
        ProbeInterval = TimeSpan.FromMilliseconds(200),
        ProbeTimeout = TimeSpan.FromSeconds(1),
        PublishTimeout = TimeSpan.FromMilliseconds(500),
    };

    public static RedisBroker Create(
        RedisOptions options, string node, int maxPublicationBytes = MaxPublicationBytes, GatewayMetrics? metrics = null, TimeProvider? time = null, ILogger<RedisBroker>? log = null) =>
        new(options, node, maxPublicationBytes, metrics ?? new GatewayMetrics(), time ?? TimeProvider.System, log ?? NullLogger<RedisBroker>.Instance);
}
