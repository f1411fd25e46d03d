using Gateway.Core.Buffers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Transport;

/// <summary>What the transports of a node share.</summary>
internal sealed class TransportContext(TransportOptions options, GatewayMetrics metrics)
{
    // Enough for a burst of slow clients; a retained block is 32 KiB, retained args some 300 B.
    private const int RetainedBlocks = 256;
    private const int RetainedArgs = 4096;

    public TransportOptions Options { get; } = options;

    public GatewayMetrics Metrics { get; } = metrics;

    public BlockPool Blocks { get; } = new(ThreadBlock.CorkBytes, RetainedBlocks);

    public BufferPool Buffers { get; } = new();

    public SocketArgsPool Args { get; } = new(RetainedArgs);
}
