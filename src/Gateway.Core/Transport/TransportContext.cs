using Gateway.Core.Buffers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport.Sockets;
using Gateway.Core.Transport.Tls;

namespace Gateway.Core.Transport;

/// <summary>What the transports of a node share.</summary>
internal sealed class TransportContext
{
    // Enough for a burst of slow clients; a retained block is 32 KiB, retained args some 300 B.
    private const int RetainedBlocks = 256;
    private const int RetainedArgs = 4096;
    private const int SmallBlockBytes = 2048;

    private long _openSockets;
    private long _pendingSends;

    public TransportContext(TransportOptions options, GatewayMetrics metrics)
    {
        (Options, Metrics) = (options, metrics);
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

    public SocketArgsPool Args { get; } = new(RetainedArgs);

    /// <summary>Sockets whose handlers have not been told of their end.</summary>
    public long OpenSockets => Interlocked.Read(ref _openSockets);

    /// <summary>Remainders that wait for their peers.</summary>
    public long PendingSends => Interlocked.Read(ref _pendingSends);

    /// <summary>Logs a fault of ours; the node says how.</summary>
    public Action<Exception>? LogFault { get; set; }

    /// <summary>A fault of ours that has ended a stream, counted and, now and then, logged. Never throws: there may be no memory to do so.</summary>
    public void Fault(Exception exception)
    {
        try
        {
            Metrics.Faults.Add(1, new KeyValuePair<string, object?>("part", "transport"));
            LogFault?.Invoke(exception);
        }
#pragma warning disable CA1031 // It is told as well as it can be.
        catch (Exception)
#pragma warning restore CA1031
        {
            // out of memory within out of memory
        }
    }

    public void CountSocket(int change) => Interlocked.Add(ref _openSockets, change);

    public void CountPendingSend(int change) => Interlocked.Add(ref _pendingSends, change);
}
