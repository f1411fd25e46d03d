using System.Globalization;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Channels;

namespace Gateway.Benchmarks;

/// <summary>
/// Publications to a channel of 10 while others sit on channels of their own: as on an empty node, which is the baseline. One operation is
/// one publication of 32 at once, so that waking a thread does not hide the rest.
/// </summary>
public class UnrelatedLoadBenchmarks : IAsyncDisposable
{
    private const int Others = 18_000;
    private const int Subscribers = 10;
    private const int Publications = 32;

    private static readonly ChannelName Channel = ChannelName.Parse("news");

    private readonly byte[] _payload = Payloads.Json(128);
    private BenchmarkNode _empty = null!;
    private BenchmarkNode _loaded = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        _empty = await BenchmarkNode.StartAsync(Subscribers);
        await _empty.SubscribeAsync(Subscribers, static _ => "news");
        _loaded = await BenchmarkNode.StartAsync(Others + Subscribers);
        await _loaded.SubscribeAsync(Others, static i => string.Create(CultureInfo.InvariantCulture, $"other:{i}"));
        await _loaded.SubscribeAsync(Subscribers, static _ => "news");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Publications)]
    public Task PublishOnAnEmptyNode() => _empty.PublishAsync(Channel, _payload, Subscribers, Publications);

    [Benchmark(OperationsPerInvoke = Publications)]
    public Task PublishBesideOthers() => _loaded.PublishAsync(Channel, _payload, Subscribers, Publications);

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _empty.DisposeAsync();
        await _loaded.DisposeAsync();
    }
}
