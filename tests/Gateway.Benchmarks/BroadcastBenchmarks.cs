using BenchmarkDotNet.Attributes;
using Gateway.Core.Channels;

namespace Gateway.Benchmarks;

/// <summary>One publication from the broker to all of its subscribers' transports. One operation is the whole broadcast.</summary>
public class BroadcastBenchmarks : IAsyncDisposable
{
    private static readonly ChannelName Channel = ChannelName.Parse("news");

    private readonly byte[] _payload = Payloads.Json(128);
    private BenchmarkNode _node = null!;

    [Params(1, 100, 10_000)]
    public int Subscribers { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        _node = await BenchmarkNode.StartAsync(Subscribers);
        await _node.SubscribeAsync(Subscribers, static _ => "news");
    }

    [Benchmark]
    public Task Publish() => _node.PublishAsync(Channel, _payload, Subscribers);

    [GlobalCleanup]
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _node.DisposeAsync();
    }
}
