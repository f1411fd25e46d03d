using BenchmarkDotNet.Attributes;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;

namespace Gateway.Benchmarks;

/// <summary>A client's text message, whole in one receive: header, rules, unmasking, UTF-8.</summary>
public class MessageReaderBenchmarks
{
    private readonly MessageReaderSettings _settings = new(1024 * 1024, new BufferPool());
    private byte[] _frame = [];
    private byte[] _received = [];
    private MessageReader _reader;

    [Params(125, 64 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        const uint key = 0x5EED1234;
        var payload = new byte[Size];
        payload.AsSpan().Fill((byte)'x');
        Masking.Apply(payload, key);
        var header = new byte[FrameHeader.MaxSize];
        var length = new FrameHeader(fin: true, rsv: 0, Opcode.Text, Size, key).Write(header);
        _frame = [.. header[..length], .. payload];
        _received = new byte[_frame.Length];
    }

    /// <summary>Copies as well, since reading unmasks in place.</summary>
    [Benchmark]
    public int Read()
    {
        _frame.CopyTo(_received, 0);
        var rest = _received.AsSpan();
        return _reader.Read(_settings, ref rest, out var message) == ReadStatus.Message
            ? message.Payload.Length
            : throw new InvalidOperationException("Not a message.");
    }

    /// <summary>What of that is the copy.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => _frame.CopyTo(_received, 0);
}
