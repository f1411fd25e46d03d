namespace Gateway.Core.Connections;

/// <summary>
/// Queues that are kept together, so that threads hand them on to each other by the dozen and a lock is taken once for all of them. Touched
/// by the one thread that has it, or under the depot's lock; its figures are read by others.
/// </summary>
internal sealed class QueueMagazine
{
    private const int Places = 64;

    /// <summary>Full with fewer, when their rings have grown: what a thread keeps is bounded in bytes.</summary>
    public const int MaxBytes = 32 * 1024;

    /// <summary>The magazine's own.</summary>
    public const int OwnBytes = 32 + 24 + (8 * Places);

    private readonly OutboundQueue?[] _queues = new OutboundQueue?[Places];

    public int Count { get; private set; }

    /// <summary>Of the queues and of itself.</summary>
    public int Bytes { get; private set; } = OwnBytes;

    public bool IsFull => Count == Places || Bytes >= MaxBytes;

    public void Put(OutboundQueue queue)
    {
        _queues[Count++] = queue;
        Bytes += queue.KeptBytes;
    }

    public OutboundQueue Take()
    {
        var queue = _queues[--Count]!;
        _queues[Count] = null;
        Bytes -= queue.KeptBytes;
        return queue;
    }

    public void Clear()
    {
        Array.Clear(_queues);
        (Count, Bytes) = (0, OwnBytes);
    }
}
