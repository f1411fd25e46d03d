using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Connections;

/// <summary>What the pool of queues keeps, and whose it is.</summary>
public sealed class OutboundQueuePoolTests
{
    private readonly OutboundQueuePool _pool = new(new BufferPool());

    [Fact]
    public void Queue_ThatIsKept_TakesWhatItSays()
    {
        var queue = _pool.Rent();
        _pool.Return(queue);
        Assert.Equal(Allocations.SizeOf(() => new OutboundQueue()), queue.KeptBytes);
        Assert.Equal(QueueMagazine.OwnBytes, Allocations.SizeOf(() => new QueueMagazine()));
        Assert.Equal(QueueMagazine.OwnBytes + queue.KeptBytes, _pool.KeptBytes);
    }

    /// <summary>Two hundred clients on a channel that conflates, a hundred publications each, caught up, sixty times.</summary>
    [Fact]
    public void Queues_OfClientsThatWereBehind_AreKeptWithoutTheirBacklogs()
    {
        using var threads = new OtherThreads(8);
        var channel = new OutboundChannel("prices", new SlowConsumerPolicy(SlowConsumer.Conflate, key: null, maxBehindBytes: 0));
        var frame = OutboundFrame.Create(Opcode.Text, new byte[100]);
        var queues = new OutboundQueue[200];
        for (var round = 0; round < 60; round++)
        {
            var start = round;
            threads.Each(thread => Rent(thread));
            threads.Each(thread => Return((thread + start) % 8));
        }

        Assert.Equal(0, _pool.Rented);
        // However many came and went: two magazines a thread, each a queue above its bound at most, and as many as were out at once.
        Assert.InRange(_pool.KeptBytes, 1, (8 * 2 * (QueueMagazine.MaxBytes + 4096)) + (queues.Length * 2400));

        void Rent(int thread)
        {
            for (var i = thread; i < queues.Length; i += 8)
            {
                queues[i] = _pool.Rent();
                for (var key = 0; key < 100; key++)
                    queues[i].AddBehind(frame, channel, SlowConsumer.Conflate, "key" + key, maxBytes: long.MaxValue);
            }
        }

        void Return(int thread)
        {
            for (var i = thread; i < queues.Length; i += 8)
                _pool.Return(queues[i]);
        }
    }

    [Fact]
    public void Queues_ReturnedByAnotherThread_ComeBackToTheOneThatRents()
    {
        using var threads = new OtherThreads(1);
        var seen = new HashSet<OutboundQueue>();
        for (var round = 0; round < 100; round++)
        {
            var queues = Enumerable.Range(0, 1000).Select(_ => _pool.Rent()).ToArray();
            seen.UnionWith(queues);
            threads.Each(_ =>
            {
                foreach (var queue in queues)
                    _pool.Return(queue);
            });
        }

        // What the other thread's own two magazines hold does not, nor what stood in this one's.
        Assert.InRange(seen.Count, 1000, 1000 + (3 * 64));
    }

    [Fact]
    public void Queues_ReturnedInTheThousands_AreKeptUpToTheBound()
    {
        var queues = Enumerable.Range(0, 50_000).Select(_ => _pool.Rent()).ToArray();
        foreach (var queue in queues)
            _pool.Return(queue);
        Assert.InRange(_pool.KeptBytes, 7 * 1024 * 1024, (8 * 1024 * 1024) + (2 * QueueMagazine.MaxBytes));

        _pool.Trim();
        Assert.Equal(0, _pool.KeptBytes);
    }

    [Fact]
    public void Queues_OfAnotherPool_AreNeverHandedOut()
    {
        var buffers = new BufferPool();
        var other = new OutboundQueuePool(buffers);
        for (var i = 0; i < 200; i++)
        {
            _pool.Return(_pool.Rent());
            var queue = other.Rent();
            Assert.Same(buffers, queue.Buffers);
            other.Return(queue);
        }
    }

    [Fact]
    public void Trim_WhileOthersRent_NeverHandsAQueueOutTwice()
    {
        using var threads = new OtherThreads(4);
        threads.Each(index =>
        {
            var held = new Queue<OutboundQueue>();
            var random = new Random(index);
            for (var i = 0; i < 50_000; i++)
            {
                if (index == 0 && i % 20 == 0)
                    _pool.Trim();
                if (held.Count == 0 || (held.Count < 300 && random.Next(2) == 0))
                {
                    var queue = _pool.Rent();
                    if (!queue.IsEmpty)
                        throw new InvalidOperationException("A queue was handed out twice.");
                    queue.Add(Opcode.Text, "1"u8);
                    held.Enqueue(queue);
                }
                else
                {
                    _pool.Return(held.Dequeue());
                }
            }

            while (held.TryDequeue(out var queue))
                _pool.Return(queue);
        });
        Assert.Equal(0, _pool.Rented);
    }
}
