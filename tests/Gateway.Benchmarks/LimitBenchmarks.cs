using BenchmarkDotNet.Attributes;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Transport;

namespace Gateway.Benchmarks;

/// <summary>What each limit on what a client sends costs: the same receive turns with none of them, with each, and with all.</summary>
public class LimitBenchmarks : IAsyncDisposable
{
    private const int Together = 16;

    // So much that nothing here reaches it.
    private const int Plenty = int.MaxValue;

    private readonly byte[] _message = Frame(Opcode.Text);
    private readonly byte[] _messages = [.. Enumerable.Repeat(Frame(Opcode.Text), Together).SelectMany(frame => frame)];
    private readonly byte[] _ping = Frame(Opcode.Ping);
    private readonly byte[] _received = new byte[64 * 1024];
    private BenchmarkNode _node = null!;
    private ITransportHandler _connection = null!;

    [Params("none", "commands", "bytes", "control frames", "all")]
    public string Limits { get; set; } = "";

    [GlobalSetup]
    public async Task Setup()
    {
        _node = await BenchmarkNode.StartAsync(maxConnections: 1, Limit);
        _connection = _node.Open("/echo");
    }

    [Benchmark]
    public int Echo() => Receive(_message);

    [Benchmark(OperationsPerInvoke = Together)]
    public int EchoOfSixteen() => Receive(_messages);

    [Benchmark]
    public int Ping() => Receive(_ping);

    [GlobalCleanup]
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _node.DisposeAsync();
    }

    private void Limit(LimitOptions limits)
    {
        limits.CommandsPerSecond = Limits is "commands" or "all" ? Plenty : 0;
        limits.BytesPerSecond = Limits is "bytes" or "all" ? Plenty : 0;
        limits.ControlFramesPerSecond = Limits is "control frames" or "all" ? Plenty : 0;
    }

    /// <summary>Copies first, since reading unmasks in place.</summary>
    private int Receive(byte[] bytes)
    {
        bytes.CopyTo(_received, 0);
        return _connection.OnReceived(_received.AsSpan(0, bytes.Length)).Consumed;
    }

    private static byte[] Frame(Opcode opcode)
    {
        var bytes = new byte[6 + 125];
        new FrameHeader(fin: true, rsv: 0, opcode, 125, maskKey: 0).Write(bytes);
        bytes.AsSpan(6).Fill((byte)'x');
        return bytes;
    }
}
