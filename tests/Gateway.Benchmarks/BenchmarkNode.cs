using System.Text;
using Gateway.Core;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Relay;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks;

/// <summary>A whole node with the in-process broker, whose clients' transports take everything and only count it.</summary>
internal sealed class BenchmarkNode : IAsyncDisposable
{
    private readonly InProcessBroker _broker = new();
    private readonly GatewayMetrics _metrics = new();
    private readonly GatewayNode _node;
    private readonly SentBytes _sent = new();

    public BenchmarkNode(int maxConnections, Action<LimitOptions>? limit = null)
    {
        var options = new GatewayOptions();
        options.Auth.AllowAnonymous = true;
        options.Echo.Enabled = true;
        options.Heartbeat.Interval = TimeSpan.FromHours(1); // nobody answers pings here
        options.Limits.MaxConnections = maxConnections;
        limit?.Invoke(options.Limits);
        _node = new GatewayNode(options, _broker, _metrics, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public static async Task<BenchmarkNode> StartAsync(int maxConnections, Action<LimitOptions>? limit = null)
    {
        var node = new BenchmarkNode(maxConnections, limit);
        await node._node.StartAsync(CancellationToken.None);
        return node;
    }

    /// <summary>A client that has asked for this path and been accepted.</summary>
    public ITransportHandler Open(string path)
    {
        var handler = _node.Connections.Accept(new CountingTransport(_sent));
        handler.OnReceived(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        return handler;
    }

    /// <summary>Subscribes clients in plain mode, and returns when all would get the next publication.</summary>
    public async Task SubscribeAsync(int clients, Func<int, string> channelOf)
    {
        var expected = await CountActiveAsync() + clients;
        for (var i = 0; i < clients; i++)
            Open($"/plain/{channelOf(i)}");
        while (await CountActiveAsync() < expected)
            await Task.Yield();
    }

    /// <summary>Publishes some times at once, and returns when the last subscriber has been sent the last of them.</summary>
    public async Task PublishAsync(ChannelName channel, byte[] payload, int subscribers, int times = 1)
    {
        var frame = FrameHeader.SizeOf(payload.Length, masked: false) + payload.Length;
        var expected = _sent.Total + ((long)subscribers * times * frame);
        for (var i = 0; i < times; i++)
            await _node.Publisher.PublishAsync(channel, payload, PublicationSource.Api, CancellationToken.None);
        var spin = default(SpinWait);
        while (_sent.Total < expected)
            spin.SpinOnce(sleep1Threshold: -1);
    }

    private async Task<int> CountActiveAsync() => (await _node.Investigator.ListChannelsAsync("", int.MaxValue)).Sum(channel => channel.Subscribers);

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _broker.DisposeAsync();
        _metrics.Dispose();
    }
}
