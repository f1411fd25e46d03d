using BenchmarkDotNet.Attributes;
using Gateway.Core.Buffers;
using Gateway.Core.Connections;

namespace Gateway.Benchmarks;

/// <summary>What is rented and returned on the way of an answer and of a delivery to a client that is behind.</summary>
public class PoolBenchmarks
{
    private readonly BufferPool _buffers = new();
    private readonly OutboundQueue[] _many = new OutboundQueue[1000];
    private readonly byte[][] _arrays = new byte[100][];
    private OutboundQueuePool _queues = null!;

    [GlobalSetup]
    public void Setup() => _queues = new OutboundQueuePool(_buffers);

    [Benchmark]
    public void Queue() => _queues.Return(_queues.Rent());

    /// <summary>A turn that dirties them all before it flushes them.</summary>
    [Benchmark(OperationsPerInvoke = 1000)]
    public void ThousandQueues()
    {
        for (var i = 0; i < _many.Length; i++)
            _many[i] = _queues.Rent();
        foreach (var queue in _many)
            _queues.Return(queue);
    }

    [Benchmark]
    public void Array2K() => _buffers.Return(_buffers.Rent(2048));

    [Benchmark(OperationsPerInvoke = 100)]
    public void HundredArrays2K()
    {
        for (var i = 0; i < _arrays.Length; i++)
            _arrays[i] = _buffers.Rent(2048);
        foreach (var array in _arrays)
            _buffers.Return(array);
    }

    [Benchmark]
    public void Array256K() => _buffers.Return(_buffers.Rent(256 * 1024));
}
