using Gateway.Core.Access;
using Gateway.Core.Addresses;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Connections;

/// <summary>What the connections of a node share, and where a new one begins.</summary>
internal sealed class ConnectionContext : ITransportAcceptor
{
    private FaultReporter? _faults;
    private RateBudget _handshakes;

    public required GatewayOptions Options { get; init; }

    public required ConnectionRegistry Registry { get; init; }

    public EndedConnections Ended { get; } = new();

    public SkippedTable Skipped { get; } = new();

    public required ConnectionSlots Slots { get; init; }

    public required Heartbeat Clock { get; init; }

    public required TimeProvider Time { get; init; }

    public required MessageReaderSettings Reader { get; init; }

    public required CompressionPolicy Compression { get; init; }

    public required OutboundQueuePool Queues { get; init; }

    public required TransportContext Transport { get; init; }

    public required TrustedNetworks TrustedProxies { get; init; }

    public required Forwarding Forwarding { get; init; }

    public required AddressTable Addresses { get; init; }

    public required LimitReports LimitReports { get; init; }

    /// <summary>What the node does against running out of memory.</summary>
    public Func<MemoryStage> MemoryStage { get; set; } = static () => Buffers.MemoryStage.Normal;

    /// <summary>What the node takes in a second.</summary>
    public ref RateBudget Handshakes => ref _handshakes;

    public required IAdmission Admission { get; init; }

    /// <summary>Judges the tokens that replace others; the same as admission asks.</summary>
    public required TokenJudge Tokens { get; init; }

    public UserIndex Users { get; } = new();

    public required IProtocolSelector Protocols { get; init; }

    public required IHttpPages Pages { get; init; }

    public required GatewayMetrics Metrics { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>Told of faults of ours that end connections; whoever finds a way to cause one must not fill the log with it.</summary>
    public FaultReporter Faults => _faults ??= new FaultReporter("connection", line: null, Metrics, Time, Log);

    public ITransportHandler Accept(ITransport transport)
    {
        var connection = new Connection(transport, this);
        Registry.Add(connection);
        if (!connection.Enter())
            connection.Abort();
        return connection;
    }
}
