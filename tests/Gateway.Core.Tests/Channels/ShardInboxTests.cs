using Gateway.Core.Channels;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Channels;

public sealed class ShardInboxTests
{
    private static readonly ChannelName News = ChannelName.Parse("news");

    private readonly List<ShardItem> _items = [];

    [Fact]
    public void TryPost_AboveTheCount_IsRefusedUntilSomethingIsTaken()
    {
        var inbox = new ShardInbox(new ChannelOptions { MaxInboxPublications = 16 });
        for (var i = 0; i < 16; i++)
            Assert.True(inbox.TryPost(Of(10), out _));

        Assert.False(inbox.TryPost(Of(10), out var mustSchedule));
        Assert.False(mustSchedule);
        Assert.Equal((16, 160L), (inbox.Publications, inbox.Bytes));

        Assert.Single(Take(inbox, maxCount: 1));
        Assert.True(inbox.TryPost(Of(10), out _));
        Assert.False(inbox.TryPost(Of(0), out _));
    }

    [Fact]
    public void Trim_AfterABurst_GivesItsPlacesBackAndLosesNothing()
    {
        var inbox = new ShardInbox(new ChannelOptions());
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(inbox.TryPost(Of(1), out _));
            inbox.Post(new ShardItem(ShardItemKind.Joined, News));
        }

        Assert.Equal(9_900, Take(inbox, maxCount: 9_900).Count);
        Assert.InRange(inbox.KeptBytes, 9_900 * (8 + 24), long.MaxValue);

        inbox.Trim();

        Assert.InRange(inbox.KeptBytes, 0, 256 * (8 + 24));
        Assert.Equal(100, Take(inbox, maxCount: 1000).Count);
    }

    [Fact]
    public void Fill_IsTheLargerShareOfItsTwoBounds()
    {
        var inbox = new ShardInbox(new ChannelOptions { MaxInboxPublications = 20, MaxInboxBytes = 1000 });
        Assert.Equal(0, inbox.Fill);
        inbox.TryPost(Of(10), out _);
        Assert.Equal(0.05, inbox.Fill);
        inbox.TryPost(Of(490), out _);
        Assert.Equal(0.5, inbox.Fill);
    }

    [Fact]
    public void TryPost_AboveTheBytes_IsRefusedUntilSomethingIsTaken()
    {
        var inbox = new ShardInbox(new ChannelOptions { MaxInboxBytes = 1000 });
        Assert.True(inbox.TryPost(Of(600), out _));
        Assert.True(inbox.TryPost(Of(400), out _));
        Assert.False(inbox.TryPost(Of(1), out _));
        Assert.True(inbox.TryPost(Of(0), out _));

        Assert.Equal(3, Take(inbox).Count);
        Assert.Equal((0, 0L), (inbox.Publications, inbox.Bytes));
        Assert.True(inbox.TryPost(Of(1000), out _));
    }

    [Fact]
    public void TryPost_OneLargerThanTheBound_FitsAlone()
    {
        var inbox = new ShardInbox(new ChannelOptions { MaxInboxBytes = 1000 });
        Assert.True(inbox.TryPost(Of(5000), out _));
        Assert.False(inbox.TryPost(Of(1), out _));
        Assert.Equal(5000, Assert.Single(Take(inbox)).Payload.Length);
    }

    [Fact]
    public void Post_Items_AreNeverRefused()
    {
        var inbox = new ShardInbox(new ChannelOptions { MaxInboxPublications = 16 });
        for (var i = 0; i < 16; i++)
            inbox.TryPost(Of(1), out _);
        for (var i = 0; i < 100_000; i++)
            inbox.Post(new ShardItem(ShardItemKind.Inspect, i));

        Take(inbox);
        Assert.Equal(Enumerable.Range(0, 100_000), _items.Select(item => (int)item.Subject));
    }

    [Fact]
    public void TryTake_MoreThanABatch_TakesInOrderUpToCountAndBytes()
    {
        var inbox = new ShardInbox(new ChannelOptions());
        for (var i = 0; i < 10; i++)
            inbox.TryPost(Of(100 + i), out _);

        Assert.Equal([100, 101, 102], Take(inbox, maxCount: 3).Select(p => p.Payload.Length));
        Assert.Equal([103, 104], Take(inbox, maxBytes: 104).Select(p => p.Payload.Length)); // the one that passes the bound is the last
        Assert.Equal([105], Take(inbox, maxBytes: 1).Select(p => p.Payload.Length));
        Assert.Equal([106, 107, 108, 109], Take(inbox).Select(p => p.Payload.Length));
        Assert.Empty(Take(inbox));
    }

    [Fact]
    public void TryTakeMore_OtherChannelInFront_TakesNothing()
    {
        var inbox = new ShardInbox(new ChannelOptions());
        inbox.TryPost(new Publication(ChannelName.Parse("other"), [1], 0), out _);
        inbox.TryPost(Of(1), out _);

        Assert.False(inbox.TryTakeMore(News, [], int.MaxValue, long.MaxValue));
        Assert.Equal((2, 2L), (inbox.Publications, inbox.Bytes));
    }

    [Fact]
    public void TryTakeMore_ItemWaits_TakesNothing()
    {
        var inbox = new ShardInbox(new ChannelOptions());
        inbox.TryPost(Of(1), out _);
        inbox.Post(new ShardItem(ShardItemKind.Inspect, this));
        inbox.TryPost(Of(1), out _);

        Assert.False(inbox.TryTakeMore(News, [], int.MaxValue, long.MaxValue));
    }

    [Fact]
    public void TryTakeMore_CountsWhatIsInTheBatchAlready()
    {
        var inbox = new ShardInbox(new ChannelOptions());
        for (var i = 0; i < 6; i++)
            inbox.TryPost(Of(10), out _);
        inbox.TryPost(new Publication(ChannelName.Parse("other"), [1], 0), out _);
        List<Publication> batch = [Of(10)];

        Assert.True(inbox.TryTakeMore(News, batch, maxCount: 3, long.MaxValue));
        Assert.Equal(3, batch.Count);
        Assert.False(inbox.TryTakeMore(News, batch, maxCount: 3, long.MaxValue));
        Assert.True(inbox.TryTakeMore(News, batch, int.MaxValue, maxBytes: 31));
        Assert.Equal(4, batch.Count); // the one that passes the bound is the last
        Assert.True(inbox.TryTakeMore(News, batch, int.MaxValue, long.MaxValue));
        Assert.Equal(7, batch.Count);
        Assert.Equal((1, 1L), (inbox.Publications, inbox.Bytes));
    }

    [Fact]
    public void Post_SchedulesOnce_UntilNothingWasFound()
    {
        var inbox = new ShardInbox(new ChannelOptions());
        Assert.True(inbox.Post(new ShardItem(ShardItemKind.Inspect, this)));
        Assert.False(inbox.Post(new ShardItem(ShardItemKind.Inspect, this)));
        inbox.TryPost(Of(1), out var mustSchedule);
        Assert.False(mustSchedule);

        Take(inbox);
        Assert.False(inbox.Post(new ShardItem(ShardItemKind.Inspect, this))); // the drain has not looked again
        Take(inbox);
        Take(inbox); // finds nothing: the drain ends

        inbox.TryPost(Of(1), out mustSchedule);
        Assert.True(mustSchedule);
    }

    // Producers and a drain race with random yields. A lost wake-up would leave the last posts lying, and this test waiting; two
    // drains at once would trip over each other.
    [Fact]
    public async Task Post_RacingWithDrains_LosesNoWakeUpAndRunsOneDrainAtOnce()
    {
        const int Producers = 4;
        const int Each = 20_000;
        var inbox = new ShardInbox(new ChannelOptions { MaxInboxPublications = Producers * Each });
        var drain = new Drain(inbox, Producers * Each);

        await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(async () =>
        {
            var random = new Random(producer);
            for (var i = 0; i < Each; i++)
            {
                bool mustSchedule;
                if (random.Next(2) == 0)
                    mustSchedule = inbox.Post(new ShardItem(ShardItemKind.Inspect, (producer, i)));
                else
                    Assert.True(inbox.TryPost(Of(producer), out mustSchedule));
                if (mustSchedule)
                    ThreadPool.UnsafeQueueUserWorkItem(drain, preferLocal: random.Next(2) == 0);
                if (random.Next(20) == 0)
                    await Task.Yield();
            }
        })));

        await drain.Done.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(drain.HasOverlapped);
        Assert.True(drain.IsInOrder);
    }

    private static Publication Of(int bytes) => new(News, new byte[bytes], 0);

    private List<Publication> Take(ShardInbox inbox, int maxCount = int.MaxValue, long maxBytes = long.MaxValue)
    {
        var taken = new List<Publication>();
        _items.Clear();
        inbox.TryTake(_items, taken, maxCount, maxBytes, out _);
        return taken;
    }

    private sealed class Drain(ShardInbox inbox, int expected) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Random _random = new(99);
        private readonly Dictionary<int, int> _last = [];
        private readonly List<Publication> _publications = [];
        private readonly List<ShardItem> _items = [];
        private int _running;
        private int _taken;

        public Task Done => _done.Task;

        public bool HasOverlapped { get; private set; }

        public bool IsInOrder { get; private set; } = true;

        public void Execute()
        {
            HasOverlapped |= Interlocked.Exchange(ref _running, 1) != 0;
            var seen = 0;
            while (true)
            {
                // Before the look that may end the drain: after it, another may run.
                Volatile.Write(ref _running, 0);
                if (!inbox.TryTake(_items, _publications, 7, long.MaxValue, out _))
                    return;
                Volatile.Write(ref _running, 1);
                foreach (var (producer, number) in _items.Select(item => ((int, int))item.Subject))
                {
                    IsInOrder &= number > _last.GetValueOrDefault(producer, -1);
                    _last[producer] = number;
                }

                seen = _items.Count + _publications.Count;
                _items.Clear();
                _publications.Clear();
                if (_random.Next(4) == 0)
                    Thread.Yield();
                if ((_taken += seen) == expected)
                    _done.SetResult();
            }
        }

    }
}
