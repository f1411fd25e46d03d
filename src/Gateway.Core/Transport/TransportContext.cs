using Gateway.Core.Buffers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport.Sockets;
using Gateway.Core.Transport.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Core.Transport;

/// <summary>What the transports of a node share.</summary>
internal sealed class TransportContext
{
    // Enough for a burst of slow clients; a retained block is 32 KiB, retained args some 300 B.
    private const int RetainedBlocks = 256;
    private const int RetainedArgs = 4096;
    private const int SmallBlockBytes = 2048;

    private readonly FaultReporter _faults;
    private long _openSockets;
    private long _pendingSends;

    /// <param name="options">Options.</param>
    /// <param name="metrics">Counts bytes and calls.</param>
    /// <param name="faults">Told of faults of ours; null: they are counted and not logged.</param>
    public TransportContext(TransportOptions options, GatewayMetrics metrics, FaultReporter? faults = null)
    {
        (Options, Metrics) = (options, metrics);
        _faults = faults ?? new FaultReporter("transport", Log.TransportFault, metrics, TimeProvider.System, NullLogger.Instance);
        Blocks = new BlockPool(ThreadBlock.CorkBytes, RetainedBlocks, Buffers.Account);
        SmallBlocks = new BlockPool(SmallBlockBytes, RetainedBlocks, Buffers.Account);
    }

    public TransportOptions Options { get; }

    public GatewayMetrics Metrics { get; }

    /// <summary>For the rest of a cork.</summary>
    public BlockPool Blocks { get; }

    /// <summary>For a rest that fits: a close frame to a client that takes nothing.</summary>
    public BlockPool SmallBlocks { get; }

    public BufferPool Buffers { get; } = new();

    /// <summary>Those of the TLS endpoints; null: there is none.</summary>
    public TlsHandshakes? TlsHandshakes { get; set; }

    /// <summary>For when there are no others.</summary>
    public SpareDescriptors Spare { get; } = new();

    public SocketArgsPool Args { get; } = new(RetainedArgs);

    /// <summary>Sockets whose handlers have not been told of their end.</summary>
    public long OpenSockets => Interlocked.Read(ref _openSockets);

    /// <summary>Remainders that wait for their peers.</summary>
    public long PendingSends => Interlocked.Read(ref _pendingSends);

    /// <summary>A fault of ours that has ended a stream. Throws nothing.</summary>
    public void Fault(Exception exception) => _faults.Report(exception);

    public void CountSocket(int change) => Interlocked.Add(ref _openSockets, change);

    public void CountPendingSend(int change) => Interlocked.Add(ref _pendingSends, change);
}
