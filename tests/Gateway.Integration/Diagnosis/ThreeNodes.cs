using Gateway.Core.Channels;
using Gateway.Core.Diagnosis;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Integration.Brokers;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Diagnosis;

/// <summary>Three nodes on one Redis that know of each other.</summary>
internal sealed class ThreeNodes : IAsyncDisposable
{
    private readonly List<TestNode> _nodes = [];

    public TestNode this[int index] => _nodes[index];

    public IReadOnlyList<TestNode> All => _nodes;

    public static async Task<ThreeNodes> StartAsync(RedisServer redis, Action<GatewayOptions>? configure = null)
    {
        var nodes = new ThreeNodes();
        var prefix = $"{Guid.NewGuid():N}:"; // nodes of its own beside those of other tests
        foreach (var name in (string[])["a", "b", "c"])
        {
            var metrics = new GatewayMetrics();
            nodes._nodes.Add(await TestNode.StartAsync(
                options =>
                {
                    options.Node.Name = name;
                    options.Cluster.AnnounceInterval = TimeSpan.FromMilliseconds(100);
                    options.Cluster.ForgetAfter = TimeSpan.FromMinutes(5); // a busy machine forgets nobody
                    configure?.Invoke(options);
                },
                TestRedisBroker.Create(TestRedisBroker.Options(redis.Address, prefix), name, metrics: metrics),
                metrics));
        }

        await Eventually.TrueAsync(() => nodes.All.All(node => node.Node.Nodes.Count == 3 && node.Node.Broker.Status.Connected));
        return nodes;
    }

    public static string[] Codes(Explanation explanation) => [.. explanation.Causes.Select(cause => cause.Code)];

    /// <summary>Asks until all nodes have answered: a busy machine's may take longer than they are waited for.</summary>
    public static async Task<T> WholeAsync<T>(Func<Task<T>> ask, Func<T, IReadOnlyList<AskedNode>> nodes)
        where T : class
    {
        T? report = null;
        await Eventually.TrueAsync(async () => nodes(report = await ask()).All(node => node.Answered));
        return report!;
    }

    public static async Task PublishAsync(TestNode node, string channel, byte[] payload) =>
        await node.Node.Publisher.PublishAsync(ChannelName.Parse(channel), payload, Gateway.Core.Relay.PublicationSource.Api, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }
}
