using Gateway.Core.Buffers;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

/// <summary>
/// Queues for connections that have something waiting. The thread that rents mostly returns too (a drain fills and flushes), so each
/// thread keeps its own: no lock, no shared line.
/// </summary>
internal sealed class OutboundQueuePool(BufferPool buffers)
{
    // One drain may dirty this many connections before it flushes them; a kept queue is some 280 bytes.
    private const int KeptPerThread = 4096;

    // More than that, up to the connections that two cores' drains dirty at once with 25,000 subscribers: 4.6 MB a node.
    private const int KeptByTheNode = 16 * 1024;

    [ThreadStatic]
    private static Stack<OutboundQueue>? t_kept;

    private readonly CountedPool<OutboundQueue> _shared = new(static () => new OutboundQueue(), KeptByTheNode);
    private readonly StripedCounter _rented = new();

    /// <summary>Queues rented and not returned.</summary>
    public long Rented => _rented.Value;

    public OutboundQueue Rent()
    {
        _rented.Add(1);
        var queue = t_kept is { Count: > 0 } kept ? kept.Pop() : _shared.Rent();
        queue.Buffers = buffers; // a thread serves every node of its process
        return queue;
    }

    public void Return(OutboundQueue queue)
    {
        _rented.Add(-1);
        queue.Clear();
        if (!queue.IsWorthKeeping)
            return;
        var kept = t_kept ??= new Stack<OutboundQueue>();
        if (kept.Count < KeptPerThread)
            kept.Push(queue);
        else
            _shared.Return(queue);
    }
}
