using System.Diagnostics.Metrics;

namespace Gateway.Core.Telemetry;

/// <summary>
/// The node's instruments, on the meter <c>Gateway</c>, named after OpenTelemetry's conventions. What happens per message is counted in
/// striped counters that the exporter reads, what happens per connection or rarer in <see cref="EventCounter"/>s. Tag values come
/// from closed sets only, <see cref="MetricLabels"/>: never a channel, a user or an address.
/// </summary>
public sealed class GatewayMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Gateway";

    private readonly Meter _meter = new(MeterName);
    private long _gapTicks;

    /// <summary>Makes the instruments.</summary>
    public GatewayMetrics()
    {
        Handshakes = Events("gateway.handshakes", "{handshake}", "Requests on the client endpoints, by result.");
        Admissions = Events("gateway.admissions", "{admission}", "Requests that were judged by their origin and token, by result.");
        TokenRefreshes = Events("gateway.token.refreshes", "{refresh}", "Tokens that clients sent in place of one about to expire, by result.");
        TokenKeyReloads = Events("gateway.token.keys.reloads", "{reload}", "Times the keys that check tokens were read anew, by source and result; of files, when they had changed.");
        Closes = Events("gateway.closes", "{connection}", "Connections that ended, by reason and protocol.");
        AcceptErrors = Events("gateway.accept.errors", "{error}", "Errors while accepting connections, by tier.");
        Refusals = Events("gateway.refusals", "{connection}", "Connections refused above the maximum, by how; not load balancers' probes, which leave without a word or ask for /healthz.");
        LimitsReached = Events("gateway.limits.reached", "{event}", "Times a client reached a limit and was refused or closed for it, by limit.");
        ShedConnections = Events("gateway.memory.shed.connections", "{connection}", "Connections and TLS handshakes that were given up, or their backlogs, because the node was short of memory.");
        ShedBytes = Events("gateway.memory.shed.size", "By", "What they kept: backlogs, and what they owned; a frame that several have counts for each.");
        TlsHandshakes = Events("gateway.tls.handshakes", "{handshake}", "TLS handshakes, by result and version.", static (result, version) => (result == "completed") != (version == "none"));
        TlsHandshakeDuration = Histogram("gateway.tls.handshake.duration", "s", "From the accepted connection to the end of a TLS handshake that succeeded.", LatencyBuckets.Bounds);
        TlsReloads = Events("gateway.tls.reloads", "{reload}", "Times the changed certificate files of an endpoint were read, by result.");
        ProxyProtocolRefusals = Events("gateway.proxy_protocol.refusals", "{connection}", "Connections refused on endpoints with the PROXY protocol, by reason.");
        Publications = Events("gateway.publications", "{publication}", "Publications this node sent to the broker, by source and result.");
        Envelopes = Events("gateway.envelopes", "{envelope}", "Envelopes received from the broker, by result.");
        UnreadHeaders = Events("gateway.publications.headers_unread", "{publication}", "Publications whose header this node could not read, by why: they were delivered without what it says, or with it in front.");
        DeliveryLatency = Histogram("gateway.delivery.latency", "s", "From a publication's arrival at the node to the end of the writes to one shard's subscribers.", LatencyBuckets.Bounds);
        FlushBatch = Histogram("gateway.flush.batch", "{frame}", "Frames that left in one send, one flush in 64 sampled.", [1, 2, 4, 8, 16, 32, 64, 128, 256]);
        BrokerRoundTrip = Histogram("gateway.broker.round_trip", "s", "The node's probe to itself through the broker.", LatencyBuckets.Bounds);
        BrokerGaps = Events("gateway.broker.gaps", "{gap}", "Times the link to the broker was lost and came back.");
        _meter.CreateObservableCounter("gateway.broker.gap.duration", () => TimeSpan.FromTicks(Volatile.Read(ref _gapTicks)).TotalSeconds, "s", "Time without the broker, of the gaps that are over.");
        BrokerResubscriptions = Events("gateway.broker.resubscriptions", "{channel}", "Channels subscribed again after a lost link or a silent loss.");
        Announcements = Events("gateway.announcements", "{announcement}", "Times the node told the others of its load and looked at theirs, by result.");
        UnusableFiles = new UnusableFiles(_meter);
        RulesReloads = Events("gateway.rules.reloads", "{reload}", "Times the configuration's rules were read again, by result.");
        SubscriptionsForbidden = Events("gateway.subscriptions.forbidden", "{subscription}", "Subscriptions that were ended because changed rules do not allow them.");
        AuthorizerAnswers = Events("gateway.authorizer.answers", "{question}", "Questions to the backend whether a client may, by result.");
        AuthorizerDuration = Histogram("gateway.authorizer.duration", "s", "From a question to the backend to its answer, of those that it answered.", LatencyBuckets.Bounds);
        AuthorizerCache = Events("gateway.authorizer.cache", "{question}", "Questions whether a client may, by where the answer came from: remembered, one that another waits for already, or the backend.");
        AdminConnectionsClosed = Events("gateway.admin.connections.closed", "{connection}", "Connections to the admin side that were closed because it had as many as it may have.");
        _meter.CreateObservableGauge("gateway.authorizer.breaker.open", () => AuthorizerCutOff ? 1 : 0, "{state}", "1 while the backend is not asked whether clients may, because it failed too often; else 0.");
        Departures = Events("gateway.departures", "{connection}", "Clients that were sent away to connect again, by reason.");
        Faults = Events("gateway.faults", "{fault}", "Faults of the gateway itself, by the part that has survived it: each is an error in the log, and to be reported.");
        LogLinesDropped = Events("gateway.log.dropped", "{line}", "Log lines that were dropped because nobody reads the node's output, or it cannot be written.");
        BrokerErrors = Events("gateway.broker.errors", "{error}", "Operations the broker did not confirm, by operation.");

        Observe("gateway.messages.received", "{message}", "Messages and control frames from clients, by protocol and kind.", MessagesReceived.Messages);
        Observe("gateway.messages.received.size", "By", "Their payloads, decompressed, by protocol and kind.", MessagesReceived.Bytes);
        Observe("gateway.messages.sent", "{message}", "Messages and control frames queued for clients, by protocol and kind.", MessagesSent.Messages);
        Observe("gateway.messages.sent.size", "By", "Their frames, by protocol and kind; before compression where a connection has a history of its own.", MessagesSent.Bytes);
        TracesLimited = Events("gateway.traces.limited", "{publication}", "Publications that were to be traced and were not, above Gateway:Telemetry:Tracing:MaxPerSecond.");
        ExportErrors = Events("gateway.telemetry.export.errors", "{export}", "Batches of traces or metrics that the collector did not take, by signal.");
        Observe("gateway.network.received", "By", "Bytes from clients.", BytesReceived);
        Observe("gateway.network.sent", "By", "Bytes the kernel took for clients.", BytesSent);
        Observe("gateway.sends", "{send}", "System calls that sent something.", Sends);
        Observe("gateway.publications.received", "{publication}", "Publications that came from the broker, by source: a channel, or an envelope for several.", () => Tagged("source", ("channel", PublicationsReceived), ("envelope", PublicationsOfEnvelopes)));
        Observe("gateway.deliveries", "{delivery}", "Publications queued for a subscriber.", Deliveries);
        Observe(
            "gateway.deliveries.dropped",
            "{publication}",
            "Publications the node did not deliver, by reason: per node for too_large and memory, per shard for inbox_full, per subscriber otherwise.",
            () => Tagged("reason", [.. Drops.Select((counter, i) => (DropReasons.Label((DropReason)i), counter))]));
        Observe("gateway.deliveries.conflated", "{publication}", "Publications that waited for a subscriber and were replaced by a newer one of the same key.", Conflated);
        ObserveCompression("gateway.compression.messages", "{message}", "Messages that were compressed, by direction; a broadcast counts once.", counters => counters.Messages);
        ObserveCompression("gateway.compression.original", "By", "Their payloads before compression, by direction.", counters => counters.OriginalBytes);
        ObserveCompression("gateway.compression.compressed", "By", "Their payloads after compression, by direction.", counters => counters.CompressedBytes);
    }

    /// <summary>The meter, for gauges that other parts of the node observe.</summary>
    public Meter Meter => _meter;

    internal EventCounter Handshakes { get; }

    internal EventCounter Admissions { get; }

    internal EventCounter TokenRefreshes { get; }

    /// <summary>Times the keys that check tokens were read; tags <c>source</c> and <c>result</c>.</summary>
    public EventCounter TokenKeyReloads { get; }

    internal EventCounter Closes { get; }

    internal EventCounter AcceptErrors { get; }

    internal EventCounter Refusals { get; }

    /// <summary>Tag <c>limit</c>.</summary>
    internal EventCounter LimitsReached { get; }

    internal EventCounter ShedConnections { get; }

    internal EventCounter ShedBytes { get; }

    internal EventCounter TlsHandshakes { get; }

    internal Histogram<double> TlsHandshakeDuration { get; }

    internal EventCounter TlsReloads { get; }

    internal EventCounter ProxyProtocolRefusals { get; }

    internal EventCounter Publications { get; }

    internal EventCounter Envelopes { get; }

    internal EventCounter UnreadHeaders { get; }

    internal Histogram<double> DeliveryLatency { get; }

    internal Histogram<double> FlushBatch { get; }

    /// <summary>Seconds of the node's probe to itself through the broker.</summary>
    public Histogram<double> BrokerRoundTrip { get; }

    internal EventCounter BrokerGaps { get; }

    /// <summary>Counts a gap: the link to the broker was lost, and is back.</summary>
    public void BrokerGap(TimeSpan duration)
    {
        BrokerGaps.Add(1);
        Interlocked.Add(ref _gapTicks, duration.Ticks);
    }

    /// <summary>Channels subscribed again.</summary>
    public EventCounter BrokerResubscriptions { get; }

    /// <summary>Operations the broker did not confirm; tag <c>operation</c>.</summary>
    public EventCounter BrokerErrors { get; }

    internal EventCounter Announcements { get; }

    internal EventCounter TracesLimited { get; }

    /// <summary>Batches that the collector did not take; tag <c>signal</c>.</summary>
    public EventCounter ExportErrors { get; }

    /// <summary>Questions to the backend; tag <c>result</c>.</summary>
    public EventCounter AuthorizerAnswers { get; }

    /// <summary>Seconds that an answer of the backend took.</summary>
    public Histogram<double> AuthorizerDuration { get; }

    /// <summary>Where answers came from; tag <c>result</c>.</summary>
    public EventCounter AuthorizerCache { get; }

    /// <summary>Label <c>why</c>: <c>replaced</c> by a newcomer, <c>refused</c> since requests were under way on all others.</summary>
    public EventCounter AdminConnectionsClosed { get; }

    /// <summary>Whether the backend is not asked, because it failed too often.</summary>
    public bool AuthorizerCutOff { get; set; }

    internal EventCounter Departures { get; }

    /// <summary>Times the rules were read again; tag <c>result</c>.</summary>
    public EventCounter RulesReloads { get; }

    /// <summary>Files that cannot be used as they are now.</summary>
    public UnusableFiles UnusableFiles { get; }

    internal EventCounter SubscriptionsForbidden { get; }

    /// <summary>Tag <c>part</c>.</summary>
    internal EventCounter Faults { get; }

    /// <summary>Log lines that found no place on their way out.</summary>
    public EventCounter LogLinesDropped { get; }

    internal TrafficCounters MessagesReceived { get; } = new();

    internal TrafficCounters MessagesSent { get; } = new();

    internal StripedCounter BytesReceived { get; } = new();

    internal StripedCounter BytesSent { get; } = new();

    internal StripedCounter Sends { get; } = new();

    internal StripedCounter PublicationsReceived { get; } = new();

    /// <summary>The same, of envelopes for several channels.</summary>
    internal StripedCounter PublicationsOfEnvelopes { get; } = new();

    internal StripedCounter Deliveries { get; } = new();

    internal StripedCounter Conflated { get; } = new();

    internal CompressionCounters CompressionReceived { get; } = new();

    internal CompressionCounters CompressionSent { get; } = new();

    /// <summary>Publications that the node did not deliver, by <see cref="DropReason"/>.</summary>
    internal StripedCounter[] Drops { get; } = [.. Enumerable.Range(0, DropReasons.Count).Select(_ => new StripedCounter())];

    /// <summary>Counts a publication that a broker did not relay because its payload passes <c>Gateway:Limits:MaxPublicationBytes</c>.</summary>
    public void PublicationTooLarge() => Drops[(int)DropReason.TooLarge].Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Tagged(string tag, params (string Value, StripedCounter Counter)[] series) =>
        series.Select(one => new Measurement<long>(one.Counter.Value, new KeyValuePair<string, object?>(tag, one.Value)));

    private EventCounter Events(string name, string unit, string description, Func<string, string, bool>? occurs = null) =>
        new(_meter, name, unit, description, occurs);

    private Histogram<double> Histogram(string name, string unit, string description, double[] buckets) =>
        _meter.CreateHistogram(name, unit, description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    private void Observe(string name, string unit, string description, StripedCounter counter) =>
        _meter.CreateObservableCounter(name, () => counter.Value, unit, description);

    private void Observe(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> measure) =>
        _meter.CreateObservableCounter(name, measure, unit, description);

    private void ObserveCompression(string name, string unit, string description, Func<CompressionCounters, StripedCounter> select) =>
        Observe(name, unit, description, () => Tagged("direction", ("received", select(CompressionReceived)), ("sent", select(CompressionSent))));
}
