using Gateway.Core.Brokers;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Brokers;

/// <summary>The contract on a real Redis.</summary>
public sealed class RedisBrokerTests(RedisServer redis) : BrokerContract, IClassFixture<RedisServer>
{
    // Tests share the server: each has names of its own.
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

    protected override IBroker Create(string node) =>
        TestRedisBroker.Create(TestRedisBroker.Options(redis.Address, _prefix), node);
}

/// <summary>The same of what nodes say to each other.</summary>
public sealed class RedisNodeBusTests(RedisServer redis) : NodeBusContract, IClassFixture<RedisServer>
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

    protected override IBroker Create(string node) =>
        TestRedisBroker.Create(TestRedisBroker.Options(redis.Address, _prefix), node);
}

/// <summary>The same of what nodes leave for each other.</summary>
public sealed class RedisRecordsTests(RedisServer redis) : KeptRecordsContract, IClassFixture<RedisServer>
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

    protected override IBroker Create(string node) =>
        TestRedisBroker.Create(TestRedisBroker.Options(redis.Address, _prefix), node);
}
