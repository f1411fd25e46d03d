using BenchmarkDotNet.Attributes;
using Gateway.Core.Framing;

namespace Gateway.Benchmarks;

/// <summary>A header read as a client sends it, masked, and written as the server sends it; one of each length encoding.</summary>
public class FrameHeaderBenchmarks
{
    private readonly byte[] _input = new byte[FrameHeader.MaxSize];
    private readonly byte[] _output = new byte[FrameHeader.MaxSize];

    [Params(125, 16 * 1024, 128 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => new FrameHeader(fin: true, rsv: 0, Opcode.Text, Size, maskKey: 0x5EED1234).Write(_input);

    [Benchmark]
    public long TryDecode() => FrameHeader.TryDecode(_input, out var header, out _) ? header.PayloadLength : throw new InvalidOperationException("No header.");

    [Benchmark]
    public int Write() => new FrameHeader(fin: true, rsv: 0, Opcode.Text, Size).Write(_output);
}
