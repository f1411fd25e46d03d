using System.Globalization;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;

namespace Gateway.Benchmarks;

/// <summary>
/// A publication for a client that is behind, whose queue is full of 1,000 others: what its channel's rule costs. One operation is one
/// publication. The frames are another channel's in the first place, so that what is dropped stands in the middle.
/// </summary>
public class BehindQueueBenchmarks
{
    private const int Publications = 1000;
    private const int Keys = 100;

    private static readonly string[] KeyTexts = [.. Enumerable.Range(0, Keys).Select(key => key.ToString(CultureInfo.InvariantCulture))];

    private readonly OutboundQueue _queue = new() { Buffers = new BufferPool() };
    private readonly OutboundFrame _frame = OutboundFrame.Create(Opcode.Text, new byte[125]);
    private OutboundChannel _channel = null!;
    private long _maxBytes;
    private int _next;

    [Params(SlowConsumer.DropOldest, SlowConsumer.DropNewest, SlowConsumer.Conflate)]
    public SlowConsumer Choice { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _channel = new OutboundChannel("news", new SlowConsumerPolicy(Choice, key: null, maxBehindBytes: 0));
        _maxBytes = (Publications + 10L) * _frame.Length;
        for (var i = 0; i < 10; i++)
            _queue.Add(_frame);
        for (var i = 0; i < Publications; i++)
            Add();
    }

    [Benchmark(OperationsPerInvoke = Publications)]
    public void Add1000()
    {
        for (var i = 0; i < Publications; i++)
            Add();
    }

    private void Add() =>
        _queue.AddBehind(_frame, _channel, Choice, Choice == SlowConsumer.Conflate ? KeyTexts[_next++ % Keys] : null, _maxBytes);
}
