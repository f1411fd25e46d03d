using Gateway.Core.Telemetry;
using Gateway.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Integration.Brokers;

/// <summary>A broker as tests want it.</summary>
public static class TestRedisBroker
{
    public const int MaxPublicationBytes = 1024 * 1024;

    /// <summary>Patient: a busy machine is no outage.</summary>
    public static RedisOptions Options(string configuration, string prefix = "gateway:") => new()
    {
        Configuration = configuration,
        Prefix = prefix,
        ProbeInterval = TimeSpan.FromMilliseconds(200),
        ProbeTimeout = TimeSpan.FromSeconds(30),
        PublishTimeout = TimeSpan.FromSeconds(30),
        SubscribeTimeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>Quick to notice an outage.</summary>
    public static RedisOptions QuickOptions(string configuration)
    {
        var options = Options(configuration);
        options.ProbeTimeout = TimeSpan.FromSeconds(2);
        options.PublishTimeout = TimeSpan.FromSeconds(2);
        options.SubscribeTimeout = TimeSpan.FromSeconds(5);
        return options;
    }

    public static RedisBroker Create(
        RedisOptions options, string node, int maxPublicationBytes = MaxPublicationBytes, GatewayMetrics? metrics = null, TimeProvider? time = null, ILogger<RedisBroker>? log = null) =>
        new(options, node, maxPublicationBytes, metrics ?? new GatewayMetrics(), time ?? TimeProvider.System, log ?? NullLogger<RedisBroker>.Instance);
}
