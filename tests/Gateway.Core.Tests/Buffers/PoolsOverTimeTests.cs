using Gateway.Core.Buffers;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Buffers;

/// <summary>What is kept comes back, however often and by whomever the pools were filled.</summary>
[Collection(nameof(Alone))]
public sealed class PoolsOverTimeTests : IDisposable
{
    private const int Threads = 4;
    private const long Megabyte = 1024 * 1024;

    private readonly GatewayMetrics _metrics = new();
    private readonly TransportContext _transport;
    private readonly OutboundQueuePool _queues;
    private readonly PublicationPool _publications;
    private readonly CountedPool<MessageInflater> _inflaters = new(() => new MessageInflater(Zlib.MaxWindowBits, keepsHistory: false), 64, MessageInflater.SizeOf(15, keepsHistory: false));
    private readonly CountedPool<MessageDeflater> _deflaters = new(() => new MessageDeflater(Zlib.MaxWindowBits, 1), 4, MessageDeflater.SizeOf(Zlib.MaxWindowBits));
    private readonly IKeepsMemory[] _pools;
    private readonly OtherThreads _threads = new(Threads);
    private readonly List<Action>[] _returns = [.. Enumerable.Range(0, Threads).Select(_ => new List<Action>())];

    public PoolsOverTimeTests()
    {
        _transport = new TransportContext(new TransportOptions(), _metrics);
        _queues = new OutboundQueuePool(_transport.Buffers);
        _publications = new PublicationPool(_transport.Buffers.Account);
        _pools = [_transport.Blocks, _transport.SmallBlocks, _transport.Buffers.Arrays, _transport.Buffers.Large, _transport.Args, _queues, _publications.Kept, _inflaters, _deflaters];
    }

    public void Dispose()
    {
        _threads.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void Pools_FilledAndEmptiedAHundredTimesByOtherThreads_EndWhereTheyBegan()
    {
        long live = 0, resident = 0;
        for (var round = 1; round <= 100; round++)
        {
            FillAndReturn(round);
            Assert.Equal((0L, 0L), (_transport.Buffers.Account.TotalBytes, Rented));
            Assert.All(_pools, pool => Assert.InRange(pool.KeptBytes, 1, 26 * Megabyte));

            foreach (var pool in _pools)
                pool.Trim();
            Assert.All(_pools, pool => Assert.Equal(0, pool.KeptBytes));
            if (round is 5 or 100)
                (live, resident) = (GC.GetTotalMemory(forceFullCollection: true) - live, Resident() - resident);
        }

        // A round leaves more than 10 MB in the pools: were a tenth of it forgotten each time, it would be 100.
        Assert.InRange(live, long.MinValue, 2 * Megabyte);
        Assert.InRange(resident, long.MinValue, 64 * Megabyte);
    }

    /// <summary>Without anybody short of memory: what the spike left goes by itself, in two looks.</summary>
    [Fact]
    public void Pools_AfterASpike_GiveItBackWhileTheyAreIdle()
    {
        FillAndReturn(1);
        Assert.All(_pools, pool => Assert.InRange(pool.KeptBytes, 1, 26 * Megabyte));
        for (var look = 0; look < 2; look++)
        {
            foreach (var pool in _pools)
                pool.TrimIdle();
        }

        Assert.All(_pools, pool => Assert.Equal(0, pool.KeptBytes));
    }

    private long Rented =>
        _transport.Blocks.Rented + _transport.SmallBlocks.Rented + _transport.Buffers.Rented + _transport.Args.Rented
        + _queues.Rented + _publications.Rented + _inflaters.Rented + _deflaters.Rented;

    private static long Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        return Environment.WorkingSet;
    }

    /// <summary>What a thread rents, another one returns, each time another.</summary>
    private void FillAndReturn(int round)
    {
        _threads.Each(thread =>
        {
            var returns = _returns[thread];
            for (var i = 0; i < 300; i++)
            {
                RentQueue(returns, i);
                var array = _transport.Buffers.Rent(16 << (i == 0 ? 18 : i % 14));
                returns.Add(() => _transport.Buffers.Return(array));
                if (i < 4 && _transport.Buffers.TryRentForMessage(MappedShelves.LeastBytes << (i % 3), out var bytes))
                    returns.Add(() => _transport.Buffers.Return(bytes));
                var block = (i % 2 == 0 ? _transport.Blocks : _transport.SmallBlocks).Rent();
                returns.Add(block.Return);
                RentArgs(returns);
                var publication = _publications.Rent(ChannelName.Parse("news"), new byte[100], 0, holders: 1);
                returns.Add(publication.Release);
            }

            for (var i = 0; i < 20; i++)
            {
                var (inflater, deflater) = (_inflaters.Rent(), _deflaters.Rent());
                returns.Add(() => _inflaters.Return(inflater));
                returns.Add(() => _deflaters.Return(deflater));
            }
        });
        Assert.InRange(Rented, 5 * 300 * Threads, long.MaxValue);

        _threads.Each(thread =>
        {
            var returns = _returns[(thread + round) % Threads];
            foreach (var act in returns)
                act();
            returns.Clear();
        });
    }

    /// <summary>Some have grown, some have backlogs of channels whose rules ask, some have answers.</summary>
    private void RentQueue(List<Action> returns, int i)
    {
        var queue = _queues.Rent();
        var channel = new OutboundChannel("prices", new SlowConsumerPolicy(SlowConsumer.Conflate, key: null, maxBehindBytes: 0));
        var frame = OutboundFrame.Create(Opcode.Text, "1"u8);
        queue.Add(Opcode.Text, "an answer"u8);
        for (var frames = i % 100; frames > 0; frames--)
            queue.AddBehind(frame, channel, SlowConsumer.Conflate, "key" + frames, maxBytes: long.MaxValue);
        queue.AddControl(frame);
        returns.Add(() => _queues.Return(queue));
    }

    private void RentArgs(List<Action> returns)
    {
        var (receive, send) = (_transport.Args.RentReceive(null!), _transport.Args.RentSend(null!));
        returns.Add(() => _transport.Args.Return(receive));
        returns.Add(() => _transport.Args.Return(send));
    }
}

/// <summary>Tests that look at the whole process, with which no other runs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
