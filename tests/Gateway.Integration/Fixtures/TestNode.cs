using System.Net;
using Gateway.Core;
using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Integration.Fixtures;

/// <summary>A node in this process, on a free port of loopback.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly IBroker _broker;

    private TestNode(GatewayOptions options, IBroker broker, GatewayMetrics metrics, TimeProvider time, ITokenValidator? validator, IChannelAuthorizer? authorizer, ISubscriptionTokenValidator? tokens)
    {
        _broker = broker;
        Metrics = metrics;
        Logs = new LogRecorder();
        var factory = LoggerFactory.Create(logging => logging.AddProvider(Logs).SetMinimumLevel(validator is null ? LogLevel.Debug : LogLevel.Trace));
        Node = new GatewayNode(options, broker, metrics, time, factory, validator, authorizer, tokens);
        Server = new GatewayServer(options, Node, metrics, time, factory);
    }

    public GatewayNode Node { get; }

    public GatewayServer Server { get; }

    public GatewayMetrics Metrics { get; }

    public LogRecorder Logs { get; }

    public IPEndPoint EndPoint => Server.EndPoints[0];

    public ConnectionContext Connections => Node.Connections;

    /// <summary>Rentals of all pools that have not been returned.</summary>
    public long Rented =>
        Connections.Transport.Blocks.Rented + Connections.Transport.SmallBlocks.Rented + Connections.Transport.Buffers.Rented + Connections.Transport.Args.Rented + Connections.Transport.OpenSockets + Connections.Transport.PendingSends + Connections.Queues.Rented
        + Connections.Compression.RentedDeflaters + Connections.Compression.Inflaters.Rented;

    public static async Task<TestNode> StartAsync(
        Action<GatewayOptions>? configure = null,
        IBroker? broker = null,
        GatewayMetrics? metrics = null,
        TimeProvider? time = null,
        ITokenValidator? validator = null,
        IChannelAuthorizer? authorizer = null,
        ISubscriptionTokenValidator? subscriptionTokens = null)
    {
        var options = new GatewayOptions();
        options.Endpoints.Add(new EndpointOptions { Address = "127.0.0.1:0" });
        options.Auth.AllowAnonymous = true;
        options.Echo.Enabled = true;
        // By the machine's own clock a test's client may be slower than an honest one, which no test waits for.
        if (time is null)
            options.Heartbeat.Interval = TimeSpan.FromMinutes(10);
        configure?.Invoke(options);
        var node = new TestNode(options, broker ?? new InProcessBroker(), metrics ?? new GatewayMetrics(), time ?? TimeProvider.System, validator, authorizer, subscriptionTokens);
        await node.Server.StartAsync(CancellationToken.None);
        return node;
    }

    /// <summary>Waits until so many subscriptions are active: plain mode acknowledges none.</summary>
    public Task SubscribedAsync(int count) =>
        Eventually.TrueAsync(async () => (await Node.Investigator.ListChannelsAsync("", int.MaxValue)).Sum(channel => channel.Subscribers) == count);

    /// <summary>Waits until every connection is gone and every rental has come back.</summary>
    public Task ReturnsToBaselineAsync() =>
        Eventually.TrueAsync(
            () => Node.ConnectionCount == 0 && Connections.Slots.Taken == 0 && Rented == 0 && Node.SubscriptionCount == 0,
            () => $"connections {Node.ConnectionCount}, slots {Connections.Slots.Taken}, subscriptions {Node.SubscriptionCount}, "
                + $"blocks {Connections.Transport.Blocks.Rented}, buffers {Connections.Transport.Buffers.Rented}, "
                + $"sockets {Connections.Transport.OpenSockets}, sends {Connections.Transport.PendingSends}, queues {Connections.Queues.Rented}, "
                + $"deflate {Connections.Compression.RentedDeflaters}, inflate {Connections.Compression.Inflaters.Rented}");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Node.DisposeAsync();
        await _broker.DisposeAsync();
        Metrics.Dispose();
    }
}
