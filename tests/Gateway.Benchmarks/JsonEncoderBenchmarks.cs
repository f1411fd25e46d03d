using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Channels;
using Gateway.Core.Protocols.Json;

namespace Gateway.Benchmarks;

/// <summary>A publication as a message of gateway.v1, by what its payload is.</summary>
public class JsonEncoderBenchmarks
{
    private readonly JsonEncoder _encoder = new();
    private readonly ChannelName _channel = ChannelName.Parse("news");
    private byte[] _payload = [];

    [Params("json", "text", "binary")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _payload = Kind switch
    {
        "json" => Encoding.UTF8.GetBytes($$"""{"goal":1,"text":"{{new string('x', 100)}}"}"""),
        "text" => Encoding.UTF8.GetBytes("goal! " + new string('x', 119)),
        _ => [.. Enumerable.Range(0, 125).Select(i => (byte)(i * 31))],
    };

    /// <summary>The publication is made anew: it remembers what its payload is.</summary>
    [Benchmark]
    public byte[] Encode() => _encoder.Encode(new Publication(_channel, _payload, receivedAt: 0)).Array;
}
