using BenchmarkDotNet.Attributes;
using Gateway.Core.Channels;

namespace Gateway.Benchmarks;

/// <summary>
/// The shards' turns, with 1,000 subscribers: what a delivery costs beside the system call. One operation is one delivery.
/// </summary>
public class ShardBenchmarks : IAsyncDisposable
{
    private const int Subscribers = 1000;
    private const int Publications = 32;

    private static readonly ChannelName Channel = ChannelName.Parse("news");

    private readonly byte[] _payload = Payloads.Json(128);
    private BenchmarkNode _node = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        _node = await BenchmarkNode.StartAsync(Subscribers);
        await _node.SubscribeAsync(Subscribers, static _ => "news");
    }

    /// <summary>One by one: each has left before the next comes.</summary>
    [Benchmark(OperationsPerInvoke = Subscribers * Publications)]
    public async Task TurnOneByOne()
    {
        for (var i = 0; i < Publications; i++)
            await _node.PublishAsync(Channel, _payload, Subscribers);
    }

    /// <summary>All at once: they share their sends.</summary>
    [Benchmark(OperationsPerInvoke = Subscribers * Publications)]
    public Task TurnThirtyTwoAtOnce() => _node.PublishAsync(Channel, _payload, Subscribers, Publications);

    [GlobalCleanup]
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _node.DisposeAsync();
    }
}
