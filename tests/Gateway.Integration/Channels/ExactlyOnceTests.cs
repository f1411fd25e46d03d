using Gateway.Core.Brokers;
using Gateway.Core.Telemetry;
using Gateway.Integration.Brokers;
using Gateway.Integration.Fixtures;
using Gateway.Redis;

namespace Gateway.Integration.Channels;

/// <summary>On the in-process bus.</summary>
public sealed class InProcessExactlyOnceTests : ExactlyOnceContract
{
    private readonly InProcessBus _bus = new();

    protected override IBroker Create(string node, GatewayMetrics metrics) => new InProcessBroker(_bus);
}

/// <summary>On a real Redis.</summary>
public sealed class RedisExactlyOnceTests(RedisServer redis) : ExactlyOnceContract, IClassFixture<RedisServer>
{
    protected override IBroker Create(string node, GatewayMetrics metrics) =>
        // Patience: four publishers and two nodes on a busy machine are no outage.
        TestRedisBroker.Create(
            new RedisOptions { Configuration = redis.Address, PublishTimeout = TimeSpan.FromSeconds(30), ProbeTimeout = TimeSpan.FromSeconds(30) },
            node,
            metrics: metrics);
}
