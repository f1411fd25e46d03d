using BenchmarkDotNet.Attributes;
using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Benchmarks;

/// <summary>Frames through the queue of a connection into the cork; 16 at a time, one operation is one frame.</summary>
public class OutboundQueueBenchmarks
{
    private const int Frames = 16;

    private readonly OutboundQueue _queue = new() { Buffers = new BufferPool() };
    private readonly OutboundFrame _frame = OutboundFrame.Create(Opcode.Text, new byte[125]);
    private readonly byte[] _cork = new byte[ThreadBlock.CorkBytes];

    /// <summary>The copying that corking is, and nothing else.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public int Copy()
    {
        var length = 0;
        for (var i = 0; i < Frames; i++)
        {
            _frame.Bytes.CopyTo(_cork.AsSpan(length));
            length += _frame.Length;
        }

        return length;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public int AddAndCorkShared()
    {
        for (var i = 0; i < Frames; i++)
            _queue.Add(_frame);
        return _queue.Next(_cork, out _, out _);
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public int EncodeAndCorkOwn()
    {
        for (var i = 0; i < Frames; i++)
            _queue.Add(Opcode.Text, _frame.Payload);
        return _queue.Next(_cork, out _, out _);
    }
}
