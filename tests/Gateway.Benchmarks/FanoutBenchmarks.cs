using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Core;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks;

/// <summary>
/// Publications through a node's shards to transports that take everything: what a delivery costs beside the system call. One
/// operation is one delivery.
/// </summary>
public class FanoutBenchmarks : IAsyncDisposable
{
    private const int Subscribers = 1000;
    private const int Publications = 32;

    private static readonly ChannelName Channel = ChannelName.Parse("news");

    private readonly byte[] _payload = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 115)}}"}""");
    private readonly SentBytes _sent = new();
    private InProcessBroker _broker = null!;
    private GatewayMetrics _metrics = null!;
    private GatewayNode _node = null!;
    private long _bytesOfOne;

    [GlobalSetup]
    public async Task Setup()
    {
        var options = new GatewayOptions();
        options.Auth.AllowAnonymous = true;
        options.Heartbeat.Interval = TimeSpan.FromHours(1); // nobody answers pings here
        options.Limits.MaxConnections = Subscribers;
        (_broker, _metrics) = (new InProcessBroker(), new GatewayMetrics());
        _node = new GatewayNode(options, _broker, _metrics, TimeProvider.System, NullLoggerFactory.Instance);
        await _node.StartAsync(CancellationToken.None);

        var request = Encoding.ASCII.GetBytes(
            "GET /plain/news HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        for (var i = 0; i < Subscribers; i++)
            _node.Connections.Accept(new CountingTransport(_sent)).OnReceived([.. request]);
        // The shards look at their items before publications: who is counted here gets the first one.
        SpinWait.SpinUntil(() => _node.SubscriptionCount == Subscribers);

        _bytesOfOne = OutboundFrame.Create(Opcode.Text, _payload).Length;
    }

    /// <summary>One by one: each has left before the next comes.</summary>
    [Benchmark(OperationsPerInvoke = Subscribers * Publications)]
    public async Task OneByOne()
    {
        for (var i = 0; i < Publications; i++)
            await PublishAsync(1);
    }

    /// <summary>All at once: they share their sends.</summary>
    [Benchmark(OperationsPerInvoke = Subscribers * Publications)]
    public Task ThirtyTwoAtOnce() => PublishAsync(Publications);

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _node.DisposeAsync();
        await _broker.DisposeAsync();
        _metrics.Dispose();
    }

    private async Task PublishAsync(int count)
    {
        var expected = _sent.Total + (Subscribers * count * _bytesOfOne);
        for (var i = 0; i < count; i++)
            await _node.PublishAsync(Channel, _payload, PublicationSource.Api, CancellationToken.None);
        SpinWait.SpinUntil(() => _sent.Total >= expected);
    }
}
