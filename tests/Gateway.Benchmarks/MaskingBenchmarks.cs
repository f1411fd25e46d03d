using BenchmarkDotNet.Attributes;
using Gateway.Core.Framing;

namespace Gateway.Benchmarks;

/// <summary>Unmasking in place, and its scalar twin.</summary>
public class MaskingBenchmarks
{
    private const uint Key = 0x5EED1234;

    private byte[] _data = [];

    [Params(125, 64 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => _data = new byte[Size];

    [Benchmark]
    public void Vectorised() => Masking.Apply(_data, Key);

    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        var key = BitConverter.GetBytes(Key);
        for (var i = 0; i < _data.Length; i++)
            _data[i] ^= key[i & 3];
    }
}
