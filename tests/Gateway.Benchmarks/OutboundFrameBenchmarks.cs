using BenchmarkDotNet.Attributes;
using Gateway.Core.Framing;

namespace Gateway.Benchmarks;

/// <summary>A server's frame, encoded once for all of its receivers.</summary>
public class OutboundFrameBenchmarks
{
    private byte[] _payload = [];

    [Params(125, 64 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => _payload = new byte[Size];

    [Benchmark]
    public byte[] Create() => OutboundFrame.Create(Opcode.Text, _payload).Array;
}
