using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Protocols.Json;

namespace Gateway.Benchmarks;

/// <summary>A command of gateway.v1, read.</summary>
public class JsonCommandBenchmarks
{
    private byte[] _message = [];

    [Params("subscribe", "publish", "ping")]
    public string Type { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _message = Encoding.UTF8.GetBytes(Type switch
    {
        "subscribe" => """{"type":"subscribe","id":17,"channel":"room:42"}""",
        "publish" => $$"""{"type":"publish","id":17,"channel":"room:42","data":{{Encoding.UTF8.GetString(Payloads.Json(128))}}}""",
        _ => """{"type":"ping","id":17}""",
    });

    [Benchmark]
    public int TryParse() => JsonCommand.TryParse(_message, out var command) ? command.Id.Length : throw new InvalidOperationException("No command.");
}
