using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Buffers;

/// <summary>What waits is counted exactly: a shared frame once, and nothing is left when all has gone.</summary>
public sealed class MemoryAccountTests
{
    private readonly BufferPool _buffers = new();

    [Fact]
    public void Frame_InManyQueues_CountsOnceUntilTheLastLetsGo()
    {
        var frame = OutboundFrame.Create(Opcode.Text, new byte[1000]);
        var queues = Enumerable.Range(0, 100).Select(_ => new OutboundQueue { Buffers = _buffers }).ToArray();
        foreach (var queue in queues)
            queue.Add(frame);
        Assert.Equal(frame.Array.Length, _buffers.Account.Bytes);

        foreach (var queue in queues[..99])
            queue.Clear();
        Assert.Equal(frame.Array.Length, _buffers.Account.Bytes);
        queues[99].Clear();

        Assert.Equal(0, _buffers.Account.Bytes);
    }

    [Fact]
    public void Frames_InQueuesThatAreFilledAndEmptiedAtRandom_AddUpAtEveryMoment()
    {
        var random = new Random(7);
        var queues = Enumerable.Range(0, 4).Select(_ => new OutboundQueue { Buffers = _buffers }).ToArray();
        var held = queues.Select(_ => new List<OutboundFrame>()).ToArray();
        var cork = new byte[ThreadBlock.CorkBytes];
        for (var i = 0; i < 20_000; i++)
        {
            var q = random.Next(queues.Length);
            switch (random.Next(5))
            {
                case 0 or 1:
                    var frame = OutboundFrame.Create(Opcode.Binary, new byte[random.Next(2) == 0 ? 100 : 10_000]);
                    foreach (var each in Enumerable.Range(0, queues.Length).Where(_ => random.Next(2) == 0))
                    {
                        queues[each].Add(frame);
                        held[each].Add(frame);
                    }

                    break;
                case 2:
                    queues[q].Next(cork, out var large, out var frames);
                    if (large.IsEmpty)
                    {
                        held[q].RemoveRange(0, frames);
                    }
                    else
                    {
                        // All of it: what leaves in part is held in whole.
                        queues[q].AdvanceLarge(large.Length / 2);
                        queues[q].AdvanceLarge(large.Length - (large.Length / 2));
                        held[q].RemoveAt(0);
                    }

                    break;
                case 3 when i % 50 == 0:
                    queues[q].DropData();
                    held[q].Clear();
                    break;
            }

            Assert.Equal(held.SelectMany(frames => frames).Select(frame => frame.Array).Distinct().Sum(array => array.Length), _buffers.Account.Bytes);
        }
    }

    [Fact]
    public void Arrays_RentedAndReturned_CountWhatTheyReallyHave()
    {
        var array = _buffers.Rent(1000);
        Assert.Equal(array.Length, _buffers.Account.Bytes);

        var queue = new OutboundQueue { Buffers = _buffers };
        queue.Add(Opcode.Text, new byte[10_000]);
        Assert.InRange(_buffers.Account.Bytes, array.Length + 10_000, long.MaxValue);
        var length = queue.Next(new byte[ThreadBlock.CorkBytes], out var large, out _);
        Assert.Equal((0, 10_004), (length, large.Length));
        queue.AdvanceLarge(5);
        queue.Clear();
        Assert.Equal(array.Length, _buffers.Account.Bytes);
        _buffers.Return(array);

        Assert.Equal((0, 0), (_buffers.Account.Bytes, _buffers.Rented));
    }

    [Fact]
    public void Alarm_AboveItsMark_RingsOnceUntilItIsArmedAgain()
    {
        var account = new MemoryAccount();
        var rings = 0;
        account.Alarm = () => rings++;
        account.Arm(100);

        account.Add(100);
        Assert.Equal(0, rings);
        account.Add(1);
        account.Add(50);
        Assert.Equal(1, rings);
        account.Arm(100);
        account.Add(-10);
        Assert.Equal(1, rings);
        account.Add(1);
        Assert.Equal(2, rings);
    }

    [Fact]
    public void Frame_HeldByManyThreads_AddsUp()
    {
        var frames = Enumerable.Range(0, 100).Select(i => OutboundFrame.Create(Opcode.Text, new byte[i])).ToArray();

        Parallel.For(0, 64, _ =>
        {
            var queue = new OutboundQueue { Buffers = _buffers };
            for (var round = 0; round < 50; round++)
            {
                foreach (var frame in frames)
                    queue.Add(frame);
                queue.Clear();
            }
        });

        Assert.Equal(0, _buffers.Account.Bytes);
    }
}
