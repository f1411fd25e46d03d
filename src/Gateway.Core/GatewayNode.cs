using System.Diagnostics;
using Gateway.Core.Access;
using Gateway.Core.Addresses;
using Gateway.Core.Brokers;
using Gateway.Core.Buffers;
using Gateway.Core.Channels;
using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Diagnosis;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
using Gateway.Core.Memory;
using Gateway.Core.Options;
using Gateway.Core.Protocols;
using Gateway.Core.Publications;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Microsoft.Extensions.Logging;

namespace Gateway.Core;

/// <summary>
/// One node: puts the layers together, and stands between them where they meet. Clients' wishes go through it to the shards and the
/// broker, the broker's news through it to the shards and the connections.
/// </summary>
public sealed partial class GatewayNode : IAsyncDisposable
{
    private readonly GatewayOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped; // outlives its source, which is disposed while clients still talk
    private readonly ChannelAccess _access;
    private readonly RuleChange _ruleChange;
    private readonly ChannelDirectory _directory;
    private readonly PublicationPool _publications;
    private readonly Shard[] _shards;
    private readonly TrafficHistory _traffic;
    private readonly Rarely _mayLogSubscribe;
    private readonly Rarely _mayLogUnsubscribe;
    private readonly Rarely _mayLogPublish;
    private readonly Rarely _mayLogEnvelope;
    private readonly Rarely _mayLogHeader;
    private readonly StallWatch _stalls;

    /// <summary>Puts a node together. Nothing runs but its clock until <see cref="StartAsync"/>.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="broker">Not started; the node starts it, the caller disposes it.</param>
    /// <param name="metrics">The node's instruments.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logs">Logs.</param>
    /// <param name="validator">Judges tokens; null: there are no keys to do so with, and every token is refused.</param>
    /// <param name="authorizer">Asks the backend where a rule leaves it to it; null: such a rule refuses.</param>
    /// <param name="subscriptionTokens">Judges subscription tokens; null: a rule that asks for one refuses.</param>
    /// <param name="descriptors">How many sockets clients may have; null: what this process's limit leaves a node without an authorizer.</param>
    public GatewayNode(
        GatewayOptions options,
        IBroker broker,
        GatewayMetrics metrics,
        TimeProvider time,
        ILoggerFactory logs,
        ITokenValidator? validator = null,
        IChannelAuthorizer? authorizer = null,
        ISubscriptionTokenValidator? subscriptionTokens = null,
        DescriptorBudget? descriptors = null)
    {
        (_options, Broker, _metrics, _time) = (options, broker, metrics, time);
        _log = logs.CreateLogger<GatewayNode>();
        Name = options.Node.EnsureName();
        StartedAt = time.GetUtcNow();
        _rulesLoadedAt = StartedAt.UtcTicks;
        (_mayLogSubscribe, _mayLogUnsubscribe, _mayLogPublish) = (new Rarely(time, Log.Interval), new Rarely(time, Log.Interval), new Rarely(time, Log.Interval));
        (_mayLogEnvelope, _mayLogHeader) = (new Rarely(time, Log.Interval), new Rarely(time, Log.Interval));
        var tracing = options.Telemetry.Tracing;
        _tracing = new PublicationTracing(tracing.Ratio, tracing.ArrivalRatio, tracing.MaxPerSecond, metrics, time, _log);
        _access = new ChannelAccess(new ChannelRules(options.Rules), authorizer, subscriptionTokens, metrics, time, _log);
        _stopped = _stopping.Token;
        var memoryFaults = Faults("memory", Log.MemoryFault);
        Kept = new KeptMemory(time, memoryFaults.Report);
        var transport = new TransportContext(options.Transport, metrics, Faults("transport", Log.TransportFault));
        var shares = new NodeShares(options.Limits, transport.Buffers.Account);
        _directory = new ChannelDirectory(this, options.Channels, shares, Faults("shard", Log.ChannelFault).Report);
        var shards = options.Channels.Shards > 0 ? options.Channels.Shards : Environment.ProcessorCount;
        _shards = [.. Enumerable.Range(0, shards).Select(index => new Shard(index, _directory, shares, options, metrics, time, _log))];

        var registry = new ConnectionRegistry();
        var memory = new MemoryUsage();
        _traffic = new TrafficHistory(metrics, DeliveryLatencies, () => registry.Count, () => memory.ResidentBytes, time);
        Descriptors = descriptors ?? DescriptorBudget.Read();
        _publications = new PublicationPool(transport.Buffers.Account);
        var reader = new MessageReaderSettings(options.Limits.MaxMessageBytes, transport.Buffers);
        var routes = new ProtocolRoutes(options, this, Name);
        var trusted = new TrustedNetworks(options.TrustedProxies);
        var addresses = new AddressTable(options.Limits, transport.Buffers.Account);
        _revocations = new Revocations(time);
        var tokens = new TokenJudge(validator, _revocations);
        Connections = new ConnectionContext
        {
            Options = options,
            Registry = registry,
            Slots = new ConnectionSlots(MaxConnectionsOf(options.Limits, Descriptors)),
            Clock = new Heartbeat(registry, time, now => OnRound(now, addresses), Faults("clock", Log.ClockFault).Report),
            Time = time,
            Reader = reader,
            Compression = new CompressionPolicy(options.Compression, reader, metrics),
            Queues = new OutboundQueuePool(transport.Buffers),
            Transport = transport,
            TrustedProxies = trusted,
            Forwarding = new Forwarding(trusted, options.ForwardedHeader),
            Addresses = addresses,
            LimitReports = new LimitReports(metrics, time, _log),
            Admission = new TokenAdmission(options.Auth, tokens, metrics),
            Tokens = tokens,
            Protocols = routes,
            Pages = new HttpPages(options, routes, () => Readiness().Ready),
            Metrics = metrics,
            Log = _log,
        };
        RegisterKept();
        var (account, budget) = (transport.Buffers.Account, MemoryBudget.Of(options.Memory, memory.LimitBytes));
        Memory = new MemoryGovernor(
            budget, account, new Shedding(registry, account, metrics, () => transport.TlsHandshakes?.Unfinished ?? []), () => Math.Max(memory.UsedBytes, HeapUsage.AsPartOf(budget.Bytes)), time, _log,
            fault: memoryFaults.Report)
        {
            Trim = Kept.Trim,
            Connections = () => registry.Count,
        };
        Connections.MemoryStage = () => Memory.Stage;
        Drain = new Drain(registry, options.Drain, options.Transport.CloseTimeout, () => Pace.Of(_membership!.Nodes, Name), Faults("drain", Log.DrainFault), time, _log);
        _membership = new Membership(broker, Describe, OnNodesRead, options.Cluster, metrics, time, _log);
        _rebalancer = new Rebalancer(registry, _membership, Name, options.Rebalance, options.Drain.ReconnectWithin, time, _log);
        _ruleChange = new RuleChange(_access, registry, ShardOf, metrics, time, _log);
        _lagging = new LaggingScan(registry, Connections.Ended, Name);
        _questions = new Questions(broker.Bus, Name, () => _membership.Nodes, AnswerAsync, time, _log);
        _mayLogRevocation = new Rarely(time, Log.Interval);
        _revocationReader = new RevocationReader(broker, ApplyRevocations, _revocations.Prune, time, _log);
        metrics.Meter.CreateObservableGauge("gateway.revocations", () => _revocations.Count, "{revocation}", "Revocations of tokens that this node keeps.");
        metrics.Meter.CreateObservableGauge("gateway.users", () => Connections.Users.Count, "{user}", "Users with a connection to this node, by their tokens.");
        NodeGauges.Register(metrics.Meter, this, _shards, memory);
        _stalls = new StallWatch(metrics, time, _log);
    }

    /// <summary>The node's name, unique among the nodes.</summary>
    public string Name { get; }

    /// <summary>What relays between nodes.</summary>
    public IBroker Broker { get; }

    /// <summary>When the node was put together.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Connections, whatever their state.</summary>
    public int ConnectionCount => Connections.Registry.Count;

    /// <summary>Connections the node takes.</summary>
    public int MaxConnections => Connections.Slots.Maximum;

    /// <summary>Channels subscribed to at the broker.</summary>
    public int ChannelCount => _directory.Count;

    /// <summary>Subscriptions of all connections.</summary>
    public int SubscriptionCount => _shards.Sum(shard => shard.Subscriptions);

    /// <summary>Between two points of <see cref="Traffic"/>.</summary>
    public static TimeSpan TrafficInterval => TrafficHistory.Interval;

    /// <summary>How it has been in the last five minutes, oldest first.</summary>
    public IReadOnlyList<TrafficPoint> Traffic => _traffic.Points;

    internal ConnectionContext Connections { get; }

    internal DescriptorBudget Descriptors { get; }

    internal MemoryGovernor Memory { get; }

    /// <summary>What is kept for later.</summary>
    internal KeptMemory Kept { get; }

    /// <summary>Publications that some shard has not delivered.</summary>
    internal long RentedPublications => _publications.Rented;

    /// <summary>Whether load balancers should send clients; the node's server says.</summary>
    internal Func<NodeReadiness> Readiness { get; set; } = () => new NodeReadiness(false, "The node has no server.");

    /// <summary>Starts the broker; does not wait for its link.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Broker.StartAsync(this, cancellationToken).ConfigureAwait(false);
        _announcing = Task.Run(() => _membership.RunAsync(_stopped), CancellationToken.None);
        // Without keys there are no tokens that could be taken back.
        if (Connections.Tokens.HasKeys)
            _readingRevocations = Task.Run(() => _revocationReader.RunAsync(_stopped), CancellationToken.None);
    }

    /// <summary>Publishes to a channel's subscribers on every node. Completes when the broker has taken it.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="payload">At most <see cref="LimitOptions.MaxPublicationBytes"/>; the caller sees to that.</param>
    /// <param name="source">For the metric.</param>
    /// <param name="cancellationToken">Stops waiting; the publication may go out all the same.</param>
    /// <param name="parent">The trace that asks for it; the default: none.</param>
    /// <param name="key">What it is about, for channels whose slow consumers get only the newest about it; see <see cref="PublicationKey"/>. Null: none is given.</param>
    /// <param name="isBinary">Subscribers get it as bytes, also where the bytes happen to be text.</param>
    /// <exception cref="BrokerUnavailableException">The broker did not confirm it.</exception>
    /// <exception cref="NodeOverloadedException">The node is short of memory; nothing was published.</exception>
    public async ValueTask PublishAsync(
        ChannelName channel, ReadOnlyMemory<byte> payload, PublicationSource source, CancellationToken cancellationToken, ActivityContext parent = default, string? key = null, bool isBinary = false)
    {
        var label = source == PublicationSource.Api ? "api" : "client";
        if (Memory.Stage == MemoryStage.RefusingPublications || Memory.IsFull)
        {
            CountPublication(label, "refused");
            throw new NodeOverloadedException("The node is short of memory and takes no publications at the moment.");
        }

        var publication = new OutgoingPublication(channel, payload, key, isBinary);
        var trace = _tracing.StartPublish(channel.Text, payload.Length, label, parent);
        try
        {
            if (trace is null)
                await RelayAsync(publication, trace: null, cancellationToken).ConfigureAwait(false);
            else
                await PublishTracedAsync(trace, publication, cancellationToken).ConfigureAwait(false);
            CountPublication(label, "ok");
        }
        catch (BrokerUnavailableException e)
        {
            CountPublication(label, "unavailable");
            PublicationTracing.Failed(trace, e);
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException && source == PublicationSource.Client)
        {
            PublicationTracing.Failed(trace, e);
            if (_mayLogPublish.Now())
            {
                using (new AmbientTrace(trace))
                    Log.PublishFailed(_log, e);
            }

            throw;
        }
        finally
        {
            if (trace is not null)
                PublicationTracing.End(trace);
        }
    }

    /// <summary>Closes a connection, wherever it is: one of another node's is closed by a command to all.</summary>
    /// <exception cref="BrokerUnavailableException">It is not here, and the others could not be told.</exception>
    public async Task<DisconnectResult> DisconnectAsync(string id, CancellationToken cancellationToken)
    {
        if (TryDisconnect(id))
            return DisconnectResult.Local;
        await Broker.Bus.SendAsync(Envelope.Disconnect(id), cancellationToken).ConfigureAwait(false);
        return DisconnectResult.Relayed;
    }

    /// <summary>This node's channels.</summary>
    /// <param name="prefix">Only names that begin so; empty: all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="order">The first of them in this order.</param>
    public async Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string prefix, int limit, ChannelOrder order = ChannelOrder.Name)
    {
        var matching = _directory.Entries
            .Where(entry => entry.Name.Text.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(entry => entry.Name.Text, StringComparer.Ordinal);
        // Which have the most is known only when all have been counted: a look into a dictionary for each, on each shard.
        var entries = (order == ChannelOrder.Name ? matching.Take(limit) : matching).ToList();
        var counts = await Task.WhenAll(_shards.Select(shard => shard.InspectAsync(
            seen => entries.ConvertAll(entry => seen.Channels.GetValueOrDefault(entry.Name)?.ActiveCount ?? 0)))).ConfigureAwait(false);
        var channels = entries.Select((entry, i) => new ChannelInfo(entry.Name.Text, counts.Sum(shard => shard[i]), Words.Of(entry.State)));
        return order == ChannelOrder.Name ? [.. channels] : [.. channels.OrderByDescending(channel => channel.Subscribers).Take(limit)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stopped.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        Drain.Dispose();
        Memory.Dispose();
        _stalls.Dispose();
        await _announcing.ConfigureAwait(false);
        await _readingRevocations.ConfigureAwait(false);
        await _membership.LeaveAsync().ConfigureAwait(false);
        Connections.Clock.Dispose();
        _stopping.Dispose();
    }

    private void OnRound(long now, AddressTable addresses)
    {
        _directory.OnRound(now);
        addresses.OnRound(now);
        Kept.OnRound();
        _traffic.OnRound();
    }

    private void RegisterKept()
    {
        var transport = Connections.Transport;
        Kept.Add("blocks", transport.Blocks, transport.SmallBlocks);
        Kept.Add("buffers", transport.Buffers.Arrays, transport.Buffers.Large);
        Kept.Add("socket_args", transport.Args);
        Kept.Add("queues", Connections.Queues);
        Kept.Add("publications", _publications.Kept);
        Kept.Add("deflate", Connections.Compression.KeptDeflaters);
        Kept.Add("inflate", Connections.Compression.Inflaters);
        Kept.Add("shards", _shards);
    }

    private FaultReporter Faults(string part, Action<ILogger, Exception> line) => new(part, line, _metrics, _time, _log);

    private long[] DeliveryLatencies()
    {
        var sums = new long[LatencyBuckets.Bounds.Length + 1];
        foreach (var shard in _shards)
            shard.Latency.AddTo(sums);
        return sums;
    }

    private Shard ShardOf(Connection connection) => _shards[connection.Id.Value % (ulong)_shards.Length];

    private bool TryDisconnect(string? id) =>
        ConnectionId.TryParse(id, out var key)
        && Connections.Registry.TryGet(key, out var connection)
        && connection.Close(CloseReason.Disconnected);

    private void CountPublication(string source, string result) =>
        _metrics.Publications.Add(1, new("source", source), new("result", result));

    /// <summary>No more than descriptors allow: beyond, clients would not be refused but wait unaccepted, and the node could open nothing.</summary>
    private static int MaxConnectionsOf(LimitOptions limits, DescriptorBudget descriptors) =>
        limits.MaxConnections == 0 || (descriptors.IsKnown && limits.MaxConnections > descriptors.MaxConnections) ? descriptors.MaxConnections : limits.MaxConnections;
}
