using System.Diagnostics.Metrics;

namespace Gateway.Core.Telemetry;

/// <summary>
/// The node's instruments, on the meter <c>Gateway</c>, named after OpenTelemetry's conventions. What happens per message is counted in
/// striped counters that the exporter reads; what happens per connection or rarer goes to the instruments directly. Tag values come
/// from closed sets only: never a channel, a user or an address.
/// </summary>
public sealed class GatewayMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Gateway";

    private static readonly double[] LatencyBuckets =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly string[] Kinds = ["text", "binary", "ping", "pong", "close"];

    private readonly Meter _meter = new(MeterName);

    /// <summary>Makes the instruments.</summary>
    public GatewayMetrics()
    {
        Handshakes = _meter.CreateCounter<long>("gateway.handshakes", "{handshake}", "Requests on the client endpoints, by result.");
        Closes = _meter.CreateCounter<long>("gateway.closes", "{connection}", "Connections that ended, by reason and protocol.");
        AcceptErrors = _meter.CreateCounter<long>("gateway.accept.errors", "{error}", "Errors while accepting connections, by tier.");
        Refusals = _meter.CreateCounter<long>("gateway.refusals", "{connection}", "Connections refused above the maximum, by how.");
        TlsHandshakes = _meter.CreateCounter<long>("gateway.tls.handshakes", "{handshake}", "TLS handshakes, by result and version.");
        TlsHandshakeDuration = Histogram("gateway.tls.handshake.duration", "s", "From the accepted connection to the end of a TLS handshake that succeeded.", LatencyBuckets);
        TlsReloads = _meter.CreateCounter<long>("gateway.tls.reloads", "{reload}", "Times the changed certificate files of an endpoint were read, by result.");
        ProxyProtocolRefusals = _meter.CreateCounter<long>("gateway.proxy_protocol.refusals", "{connection}", "Connections refused on endpoints with the PROXY protocol, by reason.");
        Publications = _meter.CreateCounter<long>("gateway.publications", "{publication}", "Publications this node sent to the broker, by source and result.");
        Commands = _meter.CreateCounter<long>("gateway.commands", "{command}", "Envelopes received from the broker, by result.");
        DeliveryLatency = Histogram("gateway.delivery.latency", "s", "From a publication's arrival at the node to the end of the writes to one shard's subscribers.", LatencyBuckets);
        FlushBatch = Histogram("gateway.flush.batch", "{frame}", "Frames that left in one send, one flush in 64 sampled.", [1, 2, 4, 8, 16, 32, 64, 128, 256]);
        BrokerRoundTrip = Histogram("gateway.broker.round_trip", "s", "The node's probe to itself through the broker.", LatencyBuckets);
        BrokerGaps = _meter.CreateCounter<long>("gateway.broker.gaps", "{gap}", "Times the link to the broker was lost and came back.");
        BrokerGapSeconds = _meter.CreateCounter<double>("gateway.broker.gap.duration", "s", "Time without the broker.");
        BrokerResubscriptions = _meter.CreateCounter<long>("gateway.broker.resubscriptions", "{channel}", "Channels subscribed again after a lost link or a silent loss.");
        BrokerErrors = _meter.CreateCounter<long>("gateway.broker.errors", "{error}", "Operations the broker did not confirm, by operation.");

        TracesLimited = _meter.CreateCounter<long>("gateway.traces.limited", "{publication}", "Publications that were to be traced and were not, above Gateway:Telemetry:Tracing:MaxPerSecond.");
        ExportErrors = _meter.CreateCounter<long>("gateway.telemetry.export.errors", "{export}", "Batches of traces or metrics that the collector did not take, by signal.");

        Observe("gateway.messages.received", "{message}", "Messages and control frames from clients, by kind.", MessagesReceived);
        Observe("gateway.messages.sent", "{message}", "Messages and control frames queued for clients, by kind.", MessagesSent);
        Observe("gateway.network.received", "By", "Bytes from clients.", BytesReceived);
        Observe("gateway.network.sent", "By", "Bytes the kernel took for clients.", BytesSent);
        Observe("gateway.sends", "{send}", "System calls that sent something.", Sends);
        Observe("gateway.publications.received", "{publication}", "Publications that came from the broker.", PublicationsReceived);
        Observe("gateway.deliveries", "{delivery}", "Publications queued for a subscriber.", Deliveries);
        ObserveDrops();
        ObserveCompression("gateway.compression.messages", "{message}", "Messages that were compressed, by direction; a broadcast counts once.", counters => counters.Messages);
        ObserveCompression("gateway.compression.original", "By", "Their payloads before compression, by direction.", counters => counters.OriginalBytes);
        ObserveCompression("gateway.compression.compressed", "By", "Their payloads after compression, by direction.", counters => counters.CompressedBytes);
    }

    /// <summary>The meter, for gauges that other parts of the node observe.</summary>
    public Meter Meter => _meter;

    internal Counter<long> Handshakes { get; }

    internal Counter<long> Closes { get; }

    internal Counter<long> AcceptErrors { get; }

    internal Counter<long> Refusals { get; }

    internal Counter<long> TlsHandshakes { get; }

    internal Histogram<double> TlsHandshakeDuration { get; }

    internal Counter<long> TlsReloads { get; }
    internal Counter<long> ProxyProtocolRefusals { get; }

    internal Counter<long> Publications { get; }

    internal Counter<long> Commands { get; }

    internal Histogram<double> DeliveryLatency { get; }

    internal Histogram<double> FlushBatch { get; }

    /// <summary>Seconds of the node's probe to itself through the broker.</summary>
    public Histogram<double> BrokerRoundTrip { get; }

    /// <summary>Times the link to the broker was lost and came back.</summary>
    public Counter<long> BrokerGaps { get; }

    /// <summary>Seconds without the broker.</summary>
    public Counter<double> BrokerGapSeconds { get; }

    /// <summary>Channels subscribed again.</summary>
    public Counter<long> BrokerResubscriptions { get; }

    /// <summary>Operations the broker did not confirm; tag <c>operation</c>.</summary>
    public Counter<long> BrokerErrors { get; }

    internal Counter<long> TracesLimited { get; }

    /// <summary>Batches that the collector did not take; tag <c>signal</c>.</summary>
    public Counter<long> ExportErrors { get; }

    /// <summary>By kind, in the order of <see cref="Kinds"/>.</summary>
    internal StripedCounter[] MessagesReceived { get; } = Striped(Kinds.Length);

    internal StripedCounter[] MessagesSent { get; } = Striped(Kinds.Length);

    internal StripedCounter BytesReceived { get; } = new();

    internal StripedCounter BytesSent { get; } = new();

    internal StripedCounter Sends { get; } = new();

    internal StripedCounter PublicationsReceived { get; } = new();

    internal StripedCounter Deliveries { get; } = new();

    internal CompressionCounters CompressionReceived { get; } = new();

    internal CompressionCounters CompressionSent { get; } = new();

    /// <summary>Publications that the node did not deliver, by <see cref="DropReason"/>.</summary>
    internal StripedCounter[] Drops { get; } = Striped(DropReasons.Count);

    /// <summary>Counts a publication that a broker did not relay because its payload passes <c>Gateway:Limits:MaxPublicationBytes</c>.</summary>
    public void PublicationTooLarge() => Drops[(int)DropReason.TooLarge].Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static StripedCounter[] Striped(int count) => [.. Enumerable.Range(0, count).Select(_ => new StripedCounter())];

    private Histogram<double> Histogram(string name, string unit, string description, double[] buckets) =>
        _meter.CreateHistogram(name, unit, description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    private void Observe(string name, string unit, string description, StripedCounter counter) =>
        _meter.CreateObservableCounter(name, () => counter.Value, unit, description);

    private void Observe(string name, string unit, string description, StripedCounter[] counters) =>
        _meter.CreateObservableCounter(
            name,
            () => counters.Select((counter, i) => new Measurement<long>(counter.Value, new KeyValuePair<string, object?>("kind", Kinds[i]))),
            unit,
            description);

    private void ObserveCompression(string name, string unit, string description, Func<CompressionCounters, StripedCounter> select) =>
        _meter.CreateObservableCounter(
            name,
            () => new Measurement<long>[]
            {
                new(select(CompressionReceived).Value, new KeyValuePair<string, object?>("direction", "received")),
                new(select(CompressionSent).Value, new KeyValuePair<string, object?>("direction", "sent")),
            },
            unit,
            description);

    private void ObserveDrops() =>
        _meter.CreateObservableCounter(
            "gateway.deliveries.dropped",
            () => Drops.Select((counter, i) => new Measurement<long>(counter.Value, new KeyValuePair<string, object?>("reason", DropReasons.Label((DropReason)i)))),
            "{publication}",
            "Publications the node did not deliver, by reason: per subscriber for slow_consumer, per node or shard otherwise.");
}
