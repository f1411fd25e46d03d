using BenchmarkDotNet.Attributes;
using Gateway.Core.Transport;

namespace Gateway.Benchmarks;

/// <summary>A PROXY header in front of a connection's bytes, in text and in binary.</summary>
public class ProxyProtocolHeaderBenchmarks
{
    private readonly byte[] _text = "PROXY TCP4 203.0.113.7 192.0.2.1 51234 443\r\n"u8.ToArray();
    private readonly byte[] _binary =
        [.. ProxyProtocolV2.Signature, 0x21, 0x11, 0, 12, 203, 0, 113, 7, 192, 0, 2, 1, 0xC8, 0x22, 0x01, 0xBB];

    [Benchmark]
    public int TryReadText() => Read(_text);

    [Benchmark]
    public int TryReadBinary() => Read(_binary);

    private static int Read(byte[] bytes) =>
        ProxyProtocolHeader.TryRead(bytes, out _, out var consumed, out _) ? consumed : throw new InvalidOperationException("No header.");
}
