using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Framing;
using Gateway.Core.Transport;

namespace Gateway.Benchmarks;

/// <summary>What a client's subscribe and unsubscribe of a channel cost that others are subscribed to already, and a refused publish.</summary>
[MemoryDiagnoser]
public class SubscribeBenchmarks : IAsyncDisposable
{
    private const uint Key = 0x5EED1234;

    private readonly byte[] _subscribe = Frame("""{"type":"subscribe","id":1,"channel":"news:goals"}""");
    private readonly byte[] _unsubscribe = Frame("""{"type":"unsubscribe","id":2,"channel":"news:goals"}""");
    private readonly byte[] _publish = Frame("""{"type":"publish","id":3,"channel":"news:goals","data":1}""");
    private readonly byte[] _received = new byte[64 * 1024];
    private BenchmarkNode _node = null!;
    private ITransportHandler _connection = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        _node = await BenchmarkNode.StartAsync(maxConnections: 2);
        await _node.SubscribeAsync(1, static _ => "news:goals");
        _connection = _node.Open("/");
    }

    [Benchmark]
    public int SubscribeAndUnsubscribe() => Receive(_subscribe) + Receive(_unsubscribe);

    [Benchmark]
    public int RefusedPublish() => Receive(_publish);

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

    private static byte[] Frame(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var bytes = new byte[6 + payload.Length];
        var size = new FrameHeader(fin: true, rsv: 0, Opcode.Text, payload.Length, Key).Write(bytes);
        payload.CopyTo(bytes, size);
        Masking.Apply(bytes.AsSpan(size), Key);
        return bytes;
    }
}
