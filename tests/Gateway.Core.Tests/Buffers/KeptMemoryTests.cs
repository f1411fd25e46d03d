using System.Collections.Concurrent;
using Gateway.Core.Buffers;
using Gateway.Core.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Buffers;

/// <summary>When what is kept goes.</summary>
public sealed class KeptMemoryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Keeper _keeper = new();
    private readonly BlockingCollection<Exception> _faults = [];
    private readonly KeptMemory _kept;
    private int _native;

    public KeptMemoryTests()
    {
        _kept = new KeptMemory(_time, _faults.Add, () => _native++);
        _kept.Add("queues", _keeper, _keeper);
    }

    public void Dispose() => _faults.Dispose();

    [Fact]
    public void Keepers_OfOnePool_AreCountedTogether() => Assert.Equal([("queues", 10L)], _kept.Read());

    [Fact]
    public void Trim_AskedSeveralTimesASecond_HappensOnceASecond()
    {
        for (var i = 0; i < 40; i++)
        {
            _kept.Trim();
            _time.Advance(TimeSpan.FromMilliseconds(250)); // as the governor looks
        }

        // In ten seconds; each keeper twice, since it is registered twice.
        Assert.Equal((20, 0, 1), (_keeper.Trims, _keeper.IdleTrims, _native));
        _kept.Trim();
        Assert.Equal(2, _native);
    }

    [Fact]
    public async Task Round_AfterACalmMinute_GivesBackWhatIsIdle()
    {
        for (var second = 0; second < 59; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _kept.OnRound();
        }

        Assert.Equal(0, _keeper.IdleTrims);
        _time.Advance(TimeSpan.FromSeconds(1));
        _kept.OnRound();
        _kept.OnRound();
        await Eventually.TrueAsync(() => Volatile.Read(ref _native) == 1);
        Assert.Equal((0, 2), (_keeper.Trims, _keeper.IdleTrims));
    }

    /// <summary>On a thread of the pool, where nobody else would catch it.</summary>
    [Fact]
    public void Round_InWhichAKeeperFails_IsReported_AndTheNextOneComes()
    {
        _keeper.Fault = new InvalidOperationException("a fault");
        for (var round = 1; round <= 2; round++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            _kept.OnRound();
            Assert.True(_faults.TryTake(out var fault, TimeSpan.FromMinutes(1)));
            Assert.Same(_keeper.Fault, fault);
        }
    }

    [Fact]
    public void NativeHeap_CanBeTrimmedWhereverThisRuns()
    {
        NativeHeap.Trim();
        NativeHeap.Trim();
    }

    private sealed class Keeper : IKeepsMemory
    {
        public int Trims { get; private set; }

        public int IdleTrims { get; private set; }

        public long KeptBytes => 5;

        public Exception? Fault { get; set; }

        public void Trim() => Trims++;

        public void TrimIdle()
        {
            IdleTrims++;
            if (Fault is not null)
                throw Fault;
        }
    }
}
