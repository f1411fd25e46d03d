using BenchmarkDotNet.Attributes;
using Gateway.Core.Framing;
using Gateway.Core.Transport;

namespace Gateway.Benchmarks;

/// <summary>What an open connection does with a receive turn: one message echoed, sixteen echoed together, a pong that needs no answer.</summary>
public class ConnectionBenchmarks : IAsyncDisposable
{
    private const int Together = 16;
    private const uint Key = 0x5EED1234;

    private readonly byte[] _message = Frame(Opcode.Text);
    private readonly byte[] _messages = [.. Enumerable.Repeat(Frame(Opcode.Text), Together).SelectMany(frame => frame)];
    private readonly byte[] _pong = Frame(Opcode.Pong);
    private readonly byte[] _received = new byte[64 * 1024];
    private BenchmarkNode _node = null!;
    private ITransportHandler _connection = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        _node = await BenchmarkNode.StartAsync(maxConnections: 1);
        _connection = _node.Open("/echo");
    }

    [Benchmark]
    public int Echo() => Receive(_message);

    [Benchmark(OperationsPerInvoke = Together)]
    public int EchoOfSixteen() => Receive(_messages);

    [Benchmark]
    public int Pong() => Receive(_pong);

    [GlobalCleanup]
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _node.DisposeAsync();
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
        var size = new FrameHeader(fin: true, rsv: 0, opcode, 125, Key).Write(bytes);
        bytes.AsSpan(size).Fill((byte)'x');
        Masking.Apply(bytes.AsSpan(size), Key);
        return bytes;
    }
}
