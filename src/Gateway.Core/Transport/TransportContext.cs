using Gateway.Core.Buffers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport.Sockets;

namespace Gateway.Core.Transport;

/// <summary>What the transports of a node share.</summary>
internal sealed class TransportContext(TransportOptions options, GatewayMetrics metrics)
{
    // Enough for a burst of slow clients; a retained block is 32 KiB, retained args some 300 B.
    private const int RetainedBlocks = 256;
    private const int RetainedArgs = 4096;

    private long _openSockets;
    private long _pendingSends;

    public TransportOptions Options { get; } = options;

    public GatewayMetrics Metrics { get; } = metrics;

    public BlockPool Blocks { get; } = new(ThreadBlock.CorkBytes, RetainedBlocks);

    public BufferPool Buffers { get; } = new();

    public SocketArgsPool Args { get; } = new(RetainedArgs);

    /// <summary>Sockets whose handlers have not been told of their end.</summary>
    public long OpenSockets => Interlocked.Read(ref _openSockets);

    /// <summary>Remainders that wait for their peers.</summary>
    public long PendingSends => Interlocked.Read(ref _pendingSends);

    public void CountSocket(int change) => Interlocked.Add(ref _openSockets, change);

    public void CountPendingSend(int change) => Interlocked.Add(ref _pendingSends, change);
}
