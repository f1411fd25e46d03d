using Gateway.Core.Buffers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport.Sockets;

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

    public SocketArgsPool Args { get; } = new(RetainedArgs);

    /// <summary>Refused clients that are being told so, of all endpoints: <see cref="DescriptorBudget"/>.</summary>
    public ConnectionSlots Farewells { get; init; } = new(maximum: 256);

    /// <summary>Sockets whose handlers have not been told of their end.</summary>
    public long OpenSockets => Interlocked.Read(ref _openSockets);

    /// <summary>Remainders that wait for their peers.</summary>
    public long PendingSends => Interlocked.Read(ref _pendingSends);

    public void CountSocket(int change) => Interlocked.Add(ref _openSockets, change);

    public void CountPendingSend(int change) => Interlocked.Add(ref _pendingSends, change);
}
