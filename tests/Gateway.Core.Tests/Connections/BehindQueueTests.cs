using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;

namespace Gateway.Core.Tests.Connections;

/// <summary>What a queue drops, replaces and keeps for a client that is behind.</summary>
public sealed class BehindQueueTests
{
    private const int CorkBytes = 32 * 1024;

    private readonly BufferPool _buffers = new();
    private readonly OutboundQueue _queue;

    public BehindQueueTests() => _queue = new OutboundQueue { Buffers = _buffers };

    [Fact]
    public void DropOldest_WithoutRoom_DropsTheChannelsOldestUntilTheNewOneFits()
    {
        var (news, other) = (Channel("news", SlowConsumer.DropOldest), Channel("other", SlowConsumer.DropOldest));
        Add(other, 100, 1);
        for (var i = 2; i < 6; i++)
            Add(news, 100, i);
        Assert.Equal(5 * 102, _queue.DataBytes);

        var result = Add(news, 250, 6, maxBytes: 6 * 102);

        Assert.Equal(new BehindResult(BehindVerdict.Queued, Dropped: 2, Conflated: 0), result);
        Assert.Equal([1, 4, 5, 6], Take());
    }

    [Fact]
    public void DropOldest_WithNothingOfItsOwnToDrop_RefusesTheNewOne()
    {
        Add(Channel("other", SlowConsumer.DropOldest), 500, 1);

        var result = Add(Channel("news", SlowConsumer.DropOldest), 100, 2, maxBytes: 550);

        Assert.Equal(new BehindResult(BehindVerdict.Refused, 0, 0), result);
        Assert.Equal([1], Take());
    }

    [Fact]
    public void DropOldest_WhereAllOfItWouldNotDo_DropsNothingElse()
    {
        var news = Channel("news", SlowConsumer.DropOldest);
        Add(Channel("other", SlowConsumer.DropOldest), 500, 1);
        Add(news, 100, 2);

        Assert.Equal(new BehindResult(BehindVerdict.Refused, 0, 0), Add(news, 300, 3, maxBytes: 700));
        Assert.Equal([1, 2], Take());
    }

    [Fact]
    public void DropNewest_WithoutRoom_KeepsWhatWaits()
    {
        var news = Channel("news", SlowConsumer.DropNewest);
        for (var i = 1; i < 5; i++)
            Assert.Equal(i < 4 ? BehindVerdict.Queued : BehindVerdict.Refused, Add(news, 100, i, maxBytes: 3 * 102).Verdict);

        Assert.Equal((3 * 102, 3), (_queue.DataBytes, _queue.Count));
        Assert.Equal([1, 2, 3], Take());
    }

    [Fact]
    public void Conflate_OfTheSameKey_TakesTheOthersPlace()
    {
        var prices = Channel("prices", SlowConsumer.Conflate);
        Add(prices, 100, 1, "a");
        Add(prices, 100, 2, "b");
        Add(prices, 100, 3, "c");

        var result = Add(prices, 150, 4, "b");

        Assert.Equal(new BehindResult(BehindVerdict.Queued, Dropped: 0, Conflated: 1), result);
        Assert.Equal(102 + 102 + 154, _queue.DataBytes); // from 126 bytes on a header has four
        Assert.Equal([1, 4, 3], Take());
    }

    [Fact]
    public void Conflate_WithoutAKey_IsAsDropOldest()
    {
        var prices = Channel("prices", SlowConsumer.Conflate);
        Add(prices, 100, 1, "a");
        Add(prices, 100, 2);
        Add(prices, 100, 3);

        Assert.Equal(new BehindResult(BehindVerdict.Queued, 1, 0), Add(prices, 100, 4, maxBytes: 3 * 102));
        Assert.Equal([2, 3, 4], Take());
    }

    [Fact]
    public void Conflate_OfAKeyThatHasLeft_IsQueuedAnew()
    {
        var prices = Channel("prices", SlowConsumer.Conflate);
        Add(prices, 100, 1, "a");
        Add(prices, 5_000, 2, "b");
        Assert.Equal(102, _queue.Next(new byte[CorkBytes], out _, out _));

        Assert.Equal(new BehindResult(BehindVerdict.Queued, 0, 0), Add(prices, 100, 3, "a"));
        Assert.Equal(new BehindResult(BehindVerdict.Queued, 0, 1), Add(prices, 100, 4, "b"));
        Assert.Equal([4, 3], Take());
    }

    [Fact]
    public void Conflate_OfOneThatIsLeavingInPieces_DoesNotTouchIt()
    {
        var prices = Channel("prices", SlowConsumer.Conflate);
        Add(prices, 10_000, 1, "a");
        _queue.Next(new byte[CorkBytes], out var large, out _);
        _queue.AdvanceLarge(100);

        Assert.Equal(new BehindResult(BehindVerdict.Queued, 0, 0), Add(prices, 100, 2, "a"));

        Assert.Equal(1, large.Span[^1]);
        Assert.Equal(10_004 - 100 + 102, _queue.DataBytes);
        _queue.AdvanceLarge(large.Length - 100);
        Assert.Equal([2], Take());
    }

    [Fact]
    public void Conflate_OfOneThatGrowsBeyondTheBound_DropsOlderOnes()
    {
        var prices = Channel("prices", SlowConsumer.Conflate);
        Add(prices, 100, 1, "a");
        Add(prices, 100, 2, "b");
        Add(prices, 100, 3, "c");

        Assert.Equal(new BehindResult(BehindVerdict.Queued, Dropped: 1, Conflated: 1), Add(prices, 200, 4, "b", maxBytes: 320));
        Assert.Equal([4, 3], Take());
    }

    [Fact]
    public void Conflate_OfTheOldestThatGrowsBeyondTheBound_IsQueuedLast()
    {
        var prices = Channel("prices", SlowConsumer.Conflate);
        Add(prices, 100, 1, "a");
        Add(prices, 100, 2, "b");
        Add(prices, 100, 3, "c");

        Assert.Equal(new BehindResult(BehindVerdict.Queued, Dropped: 1, Conflated: 1), Add(prices, 200, 4, "a", maxBytes: 310));
        Assert.Equal([3, 4], Take());
    }

    [Fact]
    public void Disconnect_WithoutRoom_SaysSo()
    {
        var news = Channel("news", SlowConsumer.Disconnect, maxBehindBytes: 250);
        Add(news, 100, 1);
        Add(news, 100, 2);

        Assert.Equal(BehindVerdict.Full, Add(news, 100, 3).Verdict);
    }

    [Fact]
    public void MaxBehindBytes_OfOneChannel_IsItsOwn()
    {
        var (little, much) = (Channel("little", SlowConsumer.DropOldest, maxBehindBytes: 250), Channel("much", SlowConsumer.DropOldest));
        for (var i = 1; i < 6; i++)
        {
            Add(little, 100, i);
            Add(much, 100, 10 + i);
        }

        Assert.Equal([11, 12, 13, 4, 14, 5, 15], Take());
    }

    [Fact]
    public void MaxBehindBytes_BelowOnePublication_LetsOneWait()
    {
        var news = Channel("news", SlowConsumer.DropOldest, maxBehindBytes: 10);
        Add(news, 100, 1);

        Assert.Equal(new BehindResult(BehindVerdict.Queued, 1, 0), Add(news, 100, 2));
        Assert.Equal([2], Take());
    }

    [Fact]
    public void Frame_ThatIsHeldByTwoQueues_IsCountedOnceUntilBothHaveDroppedIt()
    {
        var second = new OutboundQueue { Buffers = _buffers };
        var news = Channel("news", SlowConsumer.Conflate);
        var frame = Frame(100, 1);
        _queue.AddBehind(frame, news, SlowConsumer.Conflate, "a", int.MaxValue);
        second.AddBehind(frame, news, SlowConsumer.Conflate, "a", int.MaxValue);
        Assert.Equal(frame.Array.Length, _buffers.Account.Bytes);

        Add(news, 200, 2, "a");
        Assert.Equal(frame.Array.Length + 204 + OutboundFrame.Prefix, _buffers.Account.Bytes);
        second.AddBehind(Frame(10, 3), news, SlowConsumer.DropOldest, null, maxBytes: 20);
        Assert.Equal(204 + 12 + (2 * OutboundFrame.Prefix), _buffers.Account.Bytes);

        _queue.Clear();
        second.Clear();
        Assert.Equal(0, _buffers.Account.Bytes);
    }

    [Fact]
    public void DropWaiting_DropsWhatMayBeDroppedOnly()
    {
        var (news, strict) = (Channel("news", SlowConsumer.DropNewest), Channel("strict", SlowConsumer.Disconnect, maxBehindBytes: 10_000));
        _queue.Add(Frame(50, 1));
        Add(news, 100, 2);
        Add(strict, 100, 3);
        Add(news, 100, 4);

        Assert.Equal([(news, 2)], _queue.DropWaiting());

        Assert.Equal(52 + 102, _queue.DataBytes);
        Assert.Equal([1, 3], Take());
    }

    [Fact]
    public void Queue_ThatDropsBehindAFrameThatStays_DoesNotGrow()
    {
        var news = Channel("news", SlowConsumer.DropOldest, maxBehindBytes: 1_000);
        _queue.Add(Frame(50, 1));
        for (var i = 0; i < 100_000; i++)
            Add(news, 100, i);

        Assert.True(_queue.IsWorthKeeping);
        Assert.Equal(10, _queue.Count);
    }

    [Fact]
    public void Queue_UsedAgain_KnowsNothingOfTheLastClient()
    {
        var prices = Channel("prices", SlowConsumer.Conflate);
        Add(prices, 100, 1, "a");
        _queue.IsBehind = _queue.IsSparing = true;
        _queue.Clear();

        Assert.Equal((false, false, null), (_queue.IsBehind, _queue.IsSparing, _queue.Skipped));
        Assert.Equal(new BehindResult(BehindVerdict.Queued, 0, 0), Add(prices, 100, 2, "a"));
        Assert.Equal([2], Take());
    }

    private static OutboundChannel Channel(string name, SlowConsumer choice, int maxBehindBytes = 0) =>
        new(name, new SlowConsumerPolicy(choice, key: null, maxBehindBytes));

    private static OutboundFrame Frame(int length, int mark)
    {
        var payload = new byte[length];
        Array.Fill(payload, (byte)mark);
        return OutboundFrame.Create(Opcode.Binary, payload);
    }

    private BehindResult Add(OutboundChannel channel, int length, int mark, string? key = null, long maxBytes = int.MaxValue) =>
        _queue.AddBehind(Frame(length, mark), channel, channel.Policy.Choice, key, maxBytes);

    /// <summary>All that leaves, by its marks; what is counted for it goes to nothing.</summary>
    private List<int> Take()
    {
        var marks = new List<int>();
        var cork = new byte[CorkBytes];
        while (!_queue.IsEmpty)
        {
            var taken = _queue.Next(cork, out var large, out _);
            for (ReadOnlySpan<byte> left = cork.AsSpan(0, taken); FrameHeader.TryDecode(left, out var header, out var size); left = left[(size + (int)header.PayloadLength)..])
                marks.Add(left[size]);
            if (!large.IsEmpty)
            {
                marks.Add(large.Span[^1]);
                _queue.AdvanceLarge(large.Length);
            }
        }

        Assert.Equal((0L, 0L, 0), (_queue.DataBytes, _buffers.Account.Bytes, _queue.Count));
        return marks;
    }
}
