using BenchmarkDotNet.Attributes;
using Gateway.Core.Channels;
using Gateway.Core.Protocols.Plain;

namespace Gateway.Benchmarks;

/// <summary>A publication as a frame of plain mode.</summary>
public class PlainEncoderBenchmarks
{
    private readonly PlainEncoder _encoder = new();
    private readonly Publication _publication = new(ChannelName.Parse("news"), Payloads.Json(128), receivedAt: 0);

    [Benchmark]
    public byte[] Encode() => _encoder.Encode(_publication).Array;
}
