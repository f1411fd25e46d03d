using System.Net;
using Gateway.Core.Buffers;
using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Protocols;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Epoll;
using Gateway.Core.Transport.Sockets;
using Gateway.Core.Transport.Tls;
using Microsoft.Extensions.Logging;

namespace Gateway.Core;

/// <summary>Serves a node's clients: starts to listen, and stops well.</summary>
public sealed class GatewayServer : INodeServer, IAsyncDisposable
{
    private static readonly TimeSpan StopPollPeriod = TimeSpan.FromMilliseconds(20);

    private static readonly byte[] NotOverTls = UpgradeResponse.Refuse(new Refusal(400, "This endpoint speaks TLS: use wss:// or https://."));

    private readonly GatewayOptions _options;
    private readonly GatewayNode _node;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<Listener> _listeners = [];
    private readonly List<IDisposable> _accepting = []; // what goes when nobody is accepted any more
    private EpollEngines? _engines; // null: the runtime's own
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

    /// <inheritdoc/>
    public IReadOnlyList<IPEndPoint> EndPoints => _isListening ? [.. _listeners.Select(listener => listener.EndPoint)] : [];

    /// <inheritdoc/>
    public NodeReadiness Readiness
    {
        get
        {
            if (_isStopping)
                return new NodeReadiness(false, "The node is stopping.");
            if (_node.Drain.State != DrainState.None)
                return new NodeReadiness(false, "The node is draining.");
            if (!_isListening)
                return new NodeReadiness(false, "The node is starting.");
            if (_node.Memory.Stage >= MemoryStage.RefusingUpgrades)
                return new NodeReadiness(false, $"The node is short of memory: {_node.Memory.Stage.Text()}.");
            var broker = _node.Broker.Status;
            return new NodeReadiness(broker.Ready, _node.Memory.Stage == MemoryStage.Normal ? broker.Reason : $"{broker.Reason}; memory: {_node.Memory.Stage.Text()}");
        }
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WarnOfDescriptorLimit();
        await _node.StartAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Listen(_node.Connections);
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

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_isStopping)
            return;
        _isStopping = true;
        using var deadline = new CancellationTokenSource(_options.Drain.Timeout, _time);
        using var hurry = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _node.Drain.Begin().WaitAsync(hurry.Token).ConfigureAwait(false);
            CloseListeners();
            Log.Stopping(_log, _node.ConnectionCount);
            // A client accepted in the last moment has its place, and appears in the registry late.
            while (_node.Connections.Slots.Taken > 0)
                await Task.Delay(StopPollPeriod, _time, hurry.Token).ConfigureAwait(false);
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
    public void BeginDrain() => _node.Drain.Begin();

    /// <inheritdoc/>
    public bool CancelDrain() => !_isStopping && _node.Drain.Cancel();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _node.Drain.Dispose();
        CloseListeners();
        foreach (var connection in _node.Connections.Registry.All())
            connection.Abort();
        _engines?.Dispose();
        _node.Connections.Transport.Spare.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Listen(ConnectionContext context)
    {
        if (_options.Transport.UsesEpoll)
            _engines = new EpollEngines(_options.Transport.Engines > 0 ? _options.Transport.Engines : Environment.ProcessorCount, context.Transport.Fault);
        var full = UpgradeResponse.Refuse(new Refusal(503, "The node has as many connections as it may have.") { RetryAfterSeconds = 5 });
        var farewells = new FarewellPlaces(_node.Descriptors.Farewells, context.TrustedProxies);
        var overflow = Keep(new Overflow(full, _options.Transport, context.Metrics, _time, farewells, HttpPages.HealthPath));
        var endpoints = _options.Endpoints.Count > 0 ? _options.Endpoints : [new EndpointOptions()];
        var tls = endpoints.Any(endpoint => endpoint.Tls.IsEnabled) ? Keep(new TlsEndpoints(_options, context.Transport, context, context.Slots, _time, _log, farewells)) : null;
        if (tls is not null)
            tls.Handshakes.MemoryStage = () => context.MemoryStage();
        foreach (var endpoint in endpoints)
        {
            var option = $"Gateway:Endpoints:{_listeners.Count}";
            var isTls = endpoint.Tls.IsEnabled;
            ITransportAcceptor acceptor = isTls ? tls!.Acceptor(endpoint.Tls, option + ":Tls", NotOverTls) : context;
            // Before TLS: the header is the connection's first bytes.
            if (endpoint.ProxyProtocol)
                acceptor = new ProxyProtocolAcceptor(acceptor, context.TrustedProxies, context.Slots, context.Metrics, _time, _log);
            var (address, refuse) = (IPEndPoint.Parse(endpoint.Address), isTls ? tls!.Overflow : overflow);
            _listeners.Add(_engines is null
                ? new ManagedListener(address, option + ":Address", context.Transport, acceptor, context.Slots, refuse, _time, _log)
                : new EpollListener(address, option + ":Address", context.Transport, _engines, acceptor, context.Slots, refuse, _time, _log));
        }
    }

    private T Keep<T>(T part)
        where T : IDisposable
    {
        _accepting.Add(part);
        return part;
    }

    private void CloseListeners()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
        foreach (var part in _accepting)
            part.Dispose();
    }

    private void WarnOfDescriptorLimit()
    {
        var descriptors = _node.Descriptors;
        if (_options.Limits.MaxConnections > _node.MaxConnections)
        {
            var limit = descriptors.IsKnown ? $"{descriptors.Limit}" : $"not known and taken for {descriptors.Limit}";
            Log.DescriptorLimitLow(_log, _node.MaxConnections, _options.Limits.MaxConnections, limit, descriptors.Reserve, (long)_options.Limits.MaxConnections + descriptors.Reserve);
        }
    }
}
