using System.Runtime.CompilerServices;
using Gateway.Core.Buffers;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

/// <summary>
/// Queues for connections that have something waiting. The thread that rents mostly returns too (a turn fills and flushes), so each
/// thread keeps some: no lock, no shared line. Two magazines of them, 64 KiB as a rule and 72 at most; what is above goes to the node's depot, from which
/// a thread that only rents, since others return, takes it.
/// <para>
/// Only its own thread takes queues from a thread's magazines; any other may only take a magazine away for good. So a magazine that is taken
/// away while its thread rents from it costs the queues in it, and nothing else.
/// </para>
/// </summary>
internal sealed class OutboundQueuePool(BufferPool buffers) : IKeepsMemory
{
    [ThreadStatic]
    private static Shelf? t_shelf; // of the pool that the thread has used last; a process has one, but in tests

    private readonly ThreadParts<Shelf> _shelves = new();
    private readonly QueueDepot _depot = new();
    private readonly StripedCounter _rented = new();

    /// <summary>Queues rented and not returned.</summary>
    public long Rented => _rented.Value;

    public long KeptBytes => _depot.Bytes + _shelves.All().Sum(static shelf => shelf.Bytes);

    public OutboundQueue Rent()
    {
        _rented.Add(1);
        return t_shelf is { } shelf && shelf.Owner == this && shelf.Current is { Count: > 0 } current ? current.Take() : RentElsewhere();
    }

    public void Return(OutboundQueue queue)
    {
        _rented.Add(-1);
        queue.Clear();
        if (!queue.IsWorthKeeping)
            return;
        if (t_shelf is { } shelf && shelf.Owner == this && shelf.Current is { IsFull: false } current)
            current.Put(queue);
        else
            ReturnElsewhere(queue);
    }

    public void Trim()
    {
        ClearShelves();
        _depot.Trim();
    }

    public void TrimIdle()
    {
        ClearShelves(); // a thread that works has some again at once
        _depot.TrimIdle();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private OutboundQueue RentElsewhere()
    {
        var shelf = OwnShelf();
        var empty = shelf.Current;
        if (shelf.Spare is { Count: > 0 } spare)
        {
            (shelf.Current, shelf.Spare) = (spare, empty);
            return spare.Take();
        }

        if (_depot.TryTakeFull(empty) is not { } full)
            return new OutboundQueue { Buffers = buffers };
        shelf.Current = full;
        return full.Take();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReturnElsewhere(OutboundQueue queue)
    {
        var shelf = OwnShelf();
        var (full, other) = (shelf.Current, shelf.Spare);
        if (other is null or { IsFull: true })
            other = _depot.TakeEmpty(other);
        (shelf.Current, shelf.Spare) = (other, full);
        other.Put(queue);
    }

    private Shelf OwnShelf()
    {
        if (t_shelf is { } own && own.Owner == this)
            return own;
        var shelf = new Shelf(this);
        _shelves.Add(shelf);
        return t_shelf = shelf;
    }

    private void ClearShelves()
    {
        foreach (var shelf in _shelves.All())
            shelf.Current = shelf.Spare = null;
    }

    /// <summary>One thread's.</summary>
    private sealed class Shelf(OutboundQueuePool owner)
    {
        public readonly OutboundQueuePool Owner = owner;

        /// <summary>Where it rents and returns; null: it has nothing.</summary>
        public QueueMagazine? Current;

        /// <summary>Empty or full as a rule, so that a thread at a magazine's edge does not go to the depot each time.</summary>
        public QueueMagazine? Spare;

        public long Bytes => (long)(Current?.Bytes ?? 0) + (Spare?.Bytes ?? 0);
    }
}
