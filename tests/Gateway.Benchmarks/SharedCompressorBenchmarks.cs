using BenchmarkDotNet.Attributes;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Benchmarks;

/// <summary>A broadcast's frame, compressed: once, whatever the number of its receivers.</summary>
public class SharedCompressorBenchmarks : IDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private SharedCompressor _compressor = null!;
    private OutboundFrame _frame;

    [Params(128, 1024, 16 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var options = new CompressionOptions();
        var deflaters = new CountedPool<MessageDeflater>(() => new MessageDeflater(options.WindowBits, options.Level), maxRetained: 2, MessageDeflater.SizeOf(options.WindowBits));
        _compressor = new SharedCompressor(0, minimumBytes: 0, deflaters, new BufferPool(), _metrics.CompressionSent);
        _frame = OutboundFrame.Create(Opcode.Text, Payloads.Json(Size));
    }

    [Benchmark]
    public int Compress() => _compressor.Compress(_frame).Length;

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _metrics.Dispose();
    }
}
