using System.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Options;

namespace Gateway.Core.Connections;

/// <summary>
/// Publications for a client that is behind: those that wait can still be dropped, or replaced by newer ones. What has been corked, is
/// leaving, or was queued before the client fell behind is as good as sent.
/// </summary>
internal sealed partial class OutboundQueue
{
    // Null: its client is not behind in a channel whose rule asks. Not kept with the queue: it is a kilobyte, and 8 when it has grown.
    private WaitingPublications? _waiting;

    /// <summary>The kernel has taken less than all since the queue was rented: what is queued now waits.</summary>
    public bool IsBehind { get; set; }

    /// <summary>Whether publications in it are dropped rather than the client; then answers may go above its bound.</summary>
    public bool IsSparing { get; set; }

    /// <summary>What the client has not been told of; null: it has been told all, or its rules close it.</summary>
    public SkippedPublications? Skipped { get; set; }

    /// <summary>Whether there is room for so many bytes more of a channel.</summary>
    public bool HasRoom(int length, OutboundChannel channel, long maxBytes) => HasRoom(length, WaitingOf(channel), channel, maxBytes, replaced: 0);

    /// <summary>Queues a publication that there is room for.</summary>
    public void AddWaiting(OutboundFrame frame, OutboundChannel channel, string? key)
    {
        var waiting = WaitingOf(channel);
        if (_data.IsWorthCompacting)
            CompactData();
        Add(frame);
        waiting.Add(new WaitingPublication(_data.LastNumber, frame.Length, key));
    }

    /// <summary>Queues a publication as its channel's rule says.</summary>
    /// <param name="frame">Shared.</param>
    /// <param name="channel">Whose.</param>
    /// <param name="choice">The rule's, unless the connection cannot follow it.</param>
    /// <param name="key">Null: none.</param>
    /// <param name="maxBytes">Bound of <see cref="DataBytes"/>.</param>
    public BehindResult AddBehind(OutboundFrame frame, OutboundChannel channel, SlowConsumer choice, string? key, long maxBytes)
    {
        var waiting = WaitingOf(channel);
        var mayDropOldest = choice is SlowConsumer.DropOldest or SlowConsumer.Conflate && DataBytes - waiting.Bytes + frame.Length <= maxBytes;
        var stale = choice == SlowConsumer.Conflate && key is not null ? waiting.Find(key) : null;
        int dropped = 0, conflated = 0;
        while (true)
        {
            if (HasRoom(frame.Length - (stale?.Length ?? 0), waiting, channel, maxBytes, replaced: stale is null ? 0 : 1))
                break;
            if (!mayDropOldest || waiting.Count == 0)
                return new BehindResult(choice == SlowConsumer.Disconnect ? BehindVerdict.Full : BehindVerdict.Refused, dropped, conflated);
            var oldest = DropOldest(waiting);
            if (oldest.Number == stale?.Number)
                (stale, conflated) = (null, conflated + 1); // the newer one goes behind the others
            else
                dropped++;
        }

        if (stale is { } place)
        {
            _data.Replace(place.Number, frame, Buffers);
            waiting.Replace(key!, frame.Length);
            DataBytes += frame.Length - place.Length;
            return new BehindResult(BehindVerdict.Queued, dropped, conflated + 1);
        }

        AddWaiting(frame, channel, choice == SlowConsumer.Conflate ? key : null);
        return new BehindResult(BehindVerdict.Queued, dropped, conflated);
    }

    /// <summary>Drops all that may be dropped. Returns how many, by channel.</summary>
    public IReadOnlyList<(OutboundChannel Channel, int Count)> DropWaiting()
    {
        var dropped = new List<(OutboundChannel, int)>();
        foreach (var waiting in _waiting?.All ?? [])
        {
            waiting.Forget(_data.FirstNumber);
            var count = waiting.Channel!.Policy.Choice == SlowConsumer.Disconnect ? 0 : waiting.Count;
            for (var left = count; left > 0; left--)
                DropOldest(waiting);
            if (count > 0)
                dropped.Add((waiting.Channel, count));
        }

        return dropped;
    }

    private WaitingPublication DropOldest(ChannelBacklog waiting)
    {
        var oldest = waiting.RemoveFirst();
        _data.Remove(oldest.Number, Buffers);
        DataBytes -= oldest.Length;
        return oldest;
    }

    /// <summary>One publication always may wait, however little its channel is allowed.</summary>
    private bool HasRoom(int added, ChannelBacklog waiting, OutboundChannel channel, long maxBytes, int replaced) =>
        DataBytes + added <= maxBytes && (waiting.Count == replaced || waiting.Bytes + added <= channel.Policy.MaxBehindBytes);

    private ChannelBacklog WaitingOf(OutboundChannel channel)
    {
        var backlog = (_waiting ??= new WaitingPublications()).Of(channel);
        backlog.Forget(_data.FirstNumber);
        return backlog;
    }

    /// <summary>A client that takes nothing, and one channel that drops much behind another's frame, leave ever more empty places.</summary>
    private void CompactData()
    {
        var first = _data.FirstNumber;
        var numbers = ArrayPool<int>.Shared.Rent(_data.Count);
        _data.Compact(numbers);
        _waiting!.Renumber(first, numbers);
        ArrayPool<int>.Shared.Return(numbers);
    }

    private void ClearBehind()
    {
        _waiting = null;
        Skipped = null;
        IsBehind = IsSparing = false;
    }
}

/// <summary>What became of a publication for a client that is behind.</summary>
/// <param name="Verdict">Of itself.</param>
/// <param name="Dropped">Older ones that made room for it.</param>
/// <param name="Conflated">Older ones that it has replaced: none or one.</param>
internal readonly record struct BehindResult(BehindVerdict Verdict, int Dropped, int Conflated);

internal enum BehindVerdict
{
    Queued,

    /// <summary>Dropped.</summary>
    Refused,

    /// <summary>There is no room, and the client is to be closed.</summary>
    Full,
}
