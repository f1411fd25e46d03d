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
using Gateway.Core.Investigation;
using Gateway.Core.Memory;
using Gateway.Core.Options;
using Gateway.Core.Protocols;
using Gateway.Core.Relay;
using Gateway.Core.Removal;
using Gateway.Core.Rules;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Microsoft.Extensions.Logging;

namespace Gateway.Core;

/// <summary>One node: puts the rooms together, starts and stops them, and tells how it is.</summary>
public sealed class GatewayNode : INodeStatus, IBrokerSink, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped; // outlives its source, which is disposed while clients still talk
    private readonly ChannelDirectory _directory;
    private readonly PublicationPool _publications;
    private readonly ShardSet _shards;
    private readonly TrafficHistory _traffic;
    private readonly StallWatch _stalls;
    private readonly Arrivals _arrivals;
    private readonly Envelopes _envelopes;
    private readonly GapNotices _gapNotices;
    private readonly Questions _questions;
    private readonly Membership _membership;
    private readonly Rebalancer _rebalancer;
    private readonly Revocations _revocations;
    private readonly RevocationReader _revocationReader;
    private readonly RuleBook _rules;
    private Task _announcing = Task.CompletedTask;
    private Task _readingRevocations = Task.CompletedTask;

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
        var log = logs.CreateLogger<GatewayNode>();
        FaultReporter Faults(string part, Action<ILogger, Exception> line) => new(part, line, metrics, time, log);

        (Broker, Name, StartedAt, _stopped) = (broker, options.Node.EnsureName(), time.GetUtcNow(), _stopping.Token);
        Descriptors = descriptors ?? DescriptorBudget.Read();
        var slots = new ConnectionSlots(MaxConnectionsOf(options.Limits, Descriptors));
        var registry = new ConnectionRegistry();

        // Memory: what is counted, kept and given up.
        var memoryFaults = Faults("memory", Log.MemoryFault);
        var usage = new MemoryUsage();
        var budget = MemoryBudget.Of(options.Memory, usage.LimitBytes);
        var transport = new TransportContext(options.Transport, metrics, Faults("transport", Log.TransportFault));
        var account = transport.Buffers.Account;
        Kept = new KeptMemory(time, memoryFaults.Report);
        Memory = new MemoryGovernor(
            budget, account, new Shedding(registry, account, metrics, () => transport.TlsHandshakes?.Unfinished ?? []), () => Math.Max(usage.UsedBytes, HeapUsage.AsPartOf(budget.Bytes)), time, log,
            fault: memoryFaults.Report)
        {
            Trim = Kept.Trim,
            Connections = () => registry.Count,
        };

        // Channels: who is subscribed, and who may be.
        var shares = new NodeShares(options.Limits, account);
        _directory = new ChannelDirectory(new BrokerChannels(broker, time, log, _stopped), options.Channels, shares, Faults("shard", Log.ChannelFault).Report);
        var shards = options.Channels.Shards > 0 ? options.Channels.Shards : Environment.ProcessorCount;
        _shards = new ShardSet([.. Enumerable.Range(0, shards).Select(index => new Shard(index, _directory, shares, options, metrics, time, log))]);
        var access = new ChannelAccess(new ChannelRules(options.Rules), authorizer, subscriptionTokens, metrics, time, log);
        var ruleChange = new RuleChange(access, registry, _shards.Of, metrics, time, log);
        _rules = new RuleBook(access, ruleChange, _shards, time, _stopped);

        // Publications: out to the broker, and in from it.
        var tracing = new PublicationTracing(options.Telemetry.Tracing.Ratio, options.Telemetry.Tracing.ArrivalRatio, options.Telemetry.Tracing.MaxPerSecond, metrics, time, log);
        var maxBytes = options.Limits.MaxPublicationBytes;
        Publisher = new Publisher(broker, Memory, tracing, metrics, time, log);
        _publications = new PublicationPool(account);
        _arrivals = new Arrivals(_directory, _publications, Memory, maxBytes, tracing, metrics, time, log);

        // Connections: what each begins with.
        _revocations = new Revocations(time);
        var tokens = new TokenJudge(validator, _revocations);
        var reader = new MessageReaderSettings(options.Limits.MaxMessageBytes, transport.Buffers);
        var routes = new ProtocolRoutes(options, new ClientWishes(access, ruleChange, _shards, Publisher, maxBytes, _stopped), Name);
        var trusted = new TrustedNetworks(options.TrustedProxies);
        var addresses = new AddressTable(options.Limits, account);
        _traffic = new TrafficHistory(metrics, _shards.DeliveryLatencies, () => registry.Count, () => usage.ResidentBytes, time);
        Connections = new ConnectionContext
        {
            Options = options,
            Registry = registry,
            Slots = slots,
            Clock = new Heartbeat(registry, time, now => OnRound(now, addresses), Faults("clock", Log.ClockFault).Report),
            Time = time,
            Reader = reader,
            Compression = new CompressionPolicy(options.Compression, reader, metrics),
            Queues = new OutboundQueuePool(transport.Buffers),
            Transport = transport,
            TrustedProxies = trusted,
            Forwarding = new Forwarding(trusted, options.ForwardedHeader),
            Addresses = addresses,
            LimitReports = new LimitReports(metrics, time, log),
            Admission = new TokenAdmission(options.Auth, tokens, metrics),
            Tokens = tokens,
            Protocols = routes,
            Pages = new HttpPages(options, routes, () => Readiness().Ready),
            Metrics = metrics,
            Log = log,
            MemoryStage = () => Memory.Stage,
        };
        RegisterKept();

        // The node among the others.
        var self = new SelfDescription(Name, registry, slots.Maximum, options.Cluster.AcceptRate, () => SubscriptionCount, time);
        _membership = new Membership(broker, self.Announce, OnNodesRead, options.Cluster, metrics, time, log);
        _rebalancer = new Rebalancer(registry, _membership, Name, options.Rebalance, options.Drain.ReconnectWithin, time, log);
        Drain = new Drain(registry, options.Drain, options.Transport.CloseTimeout, () => Pace.Of(Nodes, Name), Faults("drain", Log.DrainFault), time, log);
        (self.IsReady, self.IsDraining, self.Departures) = (() => Readiness().Ready, () => Drain.State != DrainState.None, () => Drain.Rate + _rebalancer.Rate);

        // What operators, backends and other nodes ask of it.
        var removals = new Removals(broker, registry, Connections.Users, _revocations, options.Auth.RevocationPeriod, time, log);
        Removals = removals;
        _revocationReader = new RevocationReader(broker, removals.Apply, _revocations.Prune, time, log);
        var gaps = new BrokerGaps();
        _gapNotices = new GapNotices(registry, gaps, options.Channels.GapRate, time, log);
        _stalls = new StallWatch(metrics, time, log);
        Facts = new LocalFacts(Name, Connections, _shards, _directory, access, broker, gaps, _stalls, self);
        var lagging = new LaggingScan(registry, Connections.Ended, Name);
        _questions = new Questions(broker.Bus, Name, () => Nodes, new Answerer(Facts, lagging, _stopped).AnswerAsync, time, log);
        Investigator = new Investigator(Name, Facts, lagging, _questions, _membership, time);
        _envelopes = new Envelopes(
            _arrivals,
            new Dictionary<string, EnvelopeOperation>
            {
                ["disconnect"] = removals.OnDisconnect,
                [Revocation.OperationName] = removals.OnRevoke,
                [NodeQuestion.Operation] = (_, json) => _questions.OnQuestion(json),
            },
            metrics,
            time,
            log);

        NodeGauges.Register(metrics.Meter, this, _shards, usage);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>What relays between nodes.</summary>
    public IBroker Broker { get; }

    /// <inheritdoc/>
    public string BrokerName => Broker.Name;

    /// <inheritdoc/>
    public BrokerStatus BrokerStatus => Broker.Status;

    /// <inheritdoc/>
    public DateTimeOffset StartedAt { get; }

    /// <inheritdoc/>
    public int ConnectionCount => Connections.Registry.Count;

    /// <inheritdoc/>
    public int MaxConnections => Connections.Slots.Maximum;

    /// <inheritdoc/>
    public int ChannelCount => _directory.Count;

    /// <inheritdoc/>
    public int SubscriptionCount => _shards.Subscriptions;

    /// <inheritdoc/>
    public IReadOnlyList<TrafficPoint> Traffic => _traffic.Points;

    /// <inheritdoc/>
    public IReadOnlyList<NodeAnnouncement> Nodes => _membership.Nodes;

    /// <inheritdoc/>
    public DrainStatus DrainStatus => Drain.Status;

    /// <summary>Clients that were moved to a node that joined, ever.</summary>
    public long Moved => _rebalancer.Moved;

    /// <summary>Publishes.</summary>
    public IPublisher Publisher { get; }

    /// <summary>Sends clients away.</summary>
    public IRemovals Removals { get; }

    /// <summary>The rules about channels.</summary>
    public IRuleBook Rules => _rules;

    /// <summary>Finds who is where, and why a publication was not got.</summary>
    public IInvestigator Investigator { get; }

    /// <summary>The look through the subscriptions that the last change of rules began.</summary>
    internal Task RulesReviewed => _rules.Reviewed;

    /// <summary>What it knows by itself.</summary>
    internal LocalFacts Facts { get; }

    internal ConnectionContext Connections { get; }

    internal DescriptorBudget Descriptors { get; }

    internal MemoryGovernor Memory { get; }

    /// <summary>What is kept for later.</summary>
    internal KeptMemory Kept { get; }

    internal Drain Drain { get; }

    /// <summary>Clients a second that are being moved.</summary>
    internal double RebalanceRate => _rebalancer.Rate;

    /// <summary>Revocations that this node keeps.</summary>
    internal int RevocationCount => _revocations.Count;

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

    void IBrokerSink.OnPublication(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message) => _arrivals.OnMessage(channel, message);

    void IBrokerSink.OnTooLarge(ReadOnlySpan<byte> channel) => _arrivals.OnTooLarge(channel);

    void IBrokerSink.OnEnvelope(ReadOnlySpan<byte> json) => _envelopes.OnEnvelope(json);

    void IBrokerSink.OnReply(ReadOnlySpan<byte> json) => _questions.OnReply(json);

    void IBrokerSink.OnGap(TimeSpan duration)
    {
        _revocationReader.ReadAgain();
        _gapNotices.Tell(duration, ChannelCount);
    }

    private void OnRound(long now, AddressTable addresses)
    {
        _directory.OnRound(now);
        addresses.OnRound(now);
        Kept.OnRound();
        _traffic.OnRound();
    }

    private void OnNodesRead()
    {
        if (Drain.State == DrainState.None)
            _rebalancer.Turn();
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
        Kept.Add("shards", [.. _shards.All]);
    }

    /// <summary>No more than descriptors allow: beyond, clients would not be refused but wait unaccepted, and the node could open nothing.</summary>
    private static int MaxConnectionsOf(LimitOptions limits, DescriptorBudget descriptors) =>
        limits.MaxConnections == 0 || (descriptors.IsKnown && limits.MaxConnections > descriptors.MaxConnections) ? descriptors.MaxConnections : limits.MaxConnections;
}
