using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Channels;

/// <summary>The node's shards, and which of them a connection belongs to.</summary>
internal sealed class ShardSet(Shard[] shards)
{
    public IReadOnlyList<Shard> All => shards;

    /// <summary>Subscriptions of all connections.</summary>
    public int Subscriptions => shards.Sum(shard => shard.Subscriptions);

    public Shard Of(Connection connection) => shards[connection.Id.Value % (ulong)shards.Length];

    /// <summary>Looks at each of them from inside.</summary>
    public Task<T[]> InspectAsync<T>(Func<Shard, T> look) => Task.WhenAll(shards.Select(shard => shard.InspectAsync(look)));

    /// <summary>What holds for slow consumers from now on.</summary>
    public void Apply(IReadOnlyList<RuleOptions> rules)
    {
        var policies = new SlowConsumerPolicies(rules);
        foreach (var shard in shards)
            shard.Apply(policies);
    }

    /// <summary>How long deliveries took, in <see cref="LatencyBuckets"/>.</summary>
    public long[] DeliveryLatencies()
    {
        var sums = new long[LatencyBuckets.Bounds.Length + 1];
        foreach (var shard in shards)
            shard.Latency.AddTo(sums);
        return sums;
    }
}
