using System.Net;
using System.Security.Cryptography;
using Gateway.Core.Connections;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Microsoft.Extensions.Logging;

namespace Gateway.Core;

/// <summary>Serves a node's clients: starts to listen, and stops well.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    // Clients of a stopped node are asked to spread their return over so long.
    private static readonly TimeSpan ComeBackWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopPollPeriod = TimeSpan.FromMilliseconds(20);

    private readonly GatewayOptions _options;
    private readonly GatewayNode _node;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<Listener> _listeners = [];
    private Overflow? _overflow;
    private volatile bool _isListening;
    private volatile bool _isStopping;

    /// <param name="options">The node's options.</param>
    /// <param name="node">Whose clients are served.</param>
    /// <param name="metrics">The node's instruments.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logs">Logs.</param>
    public GatewayServer(GatewayOptions options, GatewayNode node, GatewayMetrics metrics, TimeProvider time, ILoggerFactory logs)
    {
        (_options, _node, _time) = (options, node, time);
        _log = logs.CreateLogger<GatewayServer>();
        node.Readiness = () => Readiness;
        metrics.Meter.CreateObservableGauge("gateway.ready", () => Readiness.Ready ? 1 : 0, "1", "1 while the node should be sent clients.");
    }

    /// <summary>The real addresses, once it listens.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _listeners.Select(listener => listener.EndPoint)];

    /// <summary>Whether load balancers should send clients.</summary>
    public NodeReadiness Readiness
    {
        get
        {
            if (_isStopping)
                return new NodeReadiness(false, "The node is stopping.");
            if (!_isListening)
                return new NodeReadiness(false, "The node is starting.");
            var broker = _node.Broker.Status;
            return new NodeReadiness(broker.Ready, broker.Reason);
        }
    }

    /// <summary>Starts the node and listens on every endpoint.</summary>
    /// <exception cref="ListenException">An endpoint cannot be listened on; nothing is listening.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WarnOfDescriptorLimit();
        await _node.StartAsync(cancellationToken).ConfigureAwait(false);
        var context = _node.Connections;
        var full = UpgradeResponse.Refuse(new Refusal(503, "The node has as many connections as it may have.") { RetryAfterSeconds = 5 });
        _overflow = new Overflow(full, _options.Transport, context.Metrics, _time);
        try
        {
            Listen(context);
        }
        catch (ListenException)
        {
            CloseListeners();
            throw;
        }

        foreach (var listener in _listeners)
            listener.Start();

        _isListening = true;
    }

    /// <summary>
    /// Not ready → waits until load balancers know → accepts nobody → closes every connection with 1012 and waits for their ends; what
    /// is left after <see cref="ShutdownOptions.Timeout"/>, or when cancelled, is cut.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_isStopping)
            return;
        _isStopping = true;
        using var deadline = new CancellationTokenSource(_options.Shutdown.Timeout, _time);
        using var hurry = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await Task.Delay(_options.Shutdown.UnreadyDelay, _time, hurry.Token).ConfigureAwait(false);
            CloseListeners();
            Log.Stopping(_log, _node.ConnectionCount);
            await CloseConnectionsAsync(hurry.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            CloseListeners();
            Log.StopCut(_log, _node.ConnectionCount);
            foreach (var connection in _node.Connections.Registry.All())
                connection.Abort();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        CloseListeners();
        foreach (var connection in _node.Connections.Registry.All())
            connection.Abort();
        return ValueTask.CompletedTask;
    }

    private void Listen(ConnectionContext context)
    {
        IEnumerable<EndpointOptions> endpoints = _options.Endpoints.Count > 0 ? _options.Endpoints : [new EndpointOptions()];
        foreach (var endpoint in endpoints)
        {
            var option = $"Gateway:Endpoints:{_listeners.Count}:Address";
            var address = IPEndPoint.Parse(endpoint.Address);
            _listeners.Add(new Listener(address, option, context.Transport, AcceptorOf(endpoint, context), context.Slots, _overflow!, _time, _log));
        }
    }

    /// <summary>The layers of an endpoint, from the connection down to the socket.</summary>
    private ITransportAcceptor AcceptorOf(EndpointOptions endpoint, ConnectionContext context)
    {
        ITransportAcceptor acceptor = context;
        if (endpoint.ProxyProtocol)
            acceptor = new ProxyProtocolAcceptor(acceptor, context.TrustedProxies, context.Slots, context.Metrics, _time, _log);
        return acceptor;
    }

    private async Task CloseConnectionsAsync(CancellationToken cancellationToken)
    {
        var registry = _node.Connections.Registry;
        while (registry.Count > 0)
        {
            // Again and again: a client accepted in the last moment appears late.
            foreach (var connection in registry.All())
                Close(connection);
            await Task.Delay(StopPollPeriod, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void Close(Connection connection)
    {
        if (connection.State is ConnectionState.Closing or ConnectionState.Closed)
            return;
        var comeBackAfter = ComeBackWithin * (RandomNumberGenerator.GetInt32(1000) / 1000d);
        if (connection.Protocol?.FarewellFrame(comeBackAfter) is { } farewell)
            connection.Reply(farewell);
        connection.Close(CloseReason.ServiceRestart);
    }

    private void CloseListeners()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
        _overflow?.Dispose();
    }

    private void WarnOfDescriptorLimit()
    {
        var limit = DescriptorLimit.Read();
        if (limit is { } known && _node.MaxConnections > known - DescriptorLimit.Reserve)
            Log.DescriptorLimitLow(_log, known, _node.MaxConnections, DescriptorLimit.MaxConnections(known));
    }
}
