using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Memory;

/// <summary>Gives up the largest first, whatever it is that they keep: the fewest clients lose something, and those who keep little lose nothing.</summary>
/// <param name="registry">The connections.</param>
/// <param name="account">What is to come back.</param>
/// <param name="metrics">Counts who was given up.</param>
/// <param name="handshakes">TLS handshakes that are not over; null: there are none.</param>
internal sealed class Shedding(ConnectionRegistry registry, MemoryAccount account, GatewayMetrics metrics, Func<IEnumerable<IMemoryHolder>>? handshakes = null)
{
    // Looked for in one pass over the connections, and given up before the next one is made.
    private const int PerPass = 64;

    // What the kernel holds for a client that reads is some tens of kilobytes at most.
    private const int KernelBacklogBytes = 32 * 1024;

    // Half as much again as a TLS handshake takes: whoever has no more is a client like any other, and is left alone.
    private const int HeavyBytes = 96 * 1024;

    // Of what may wait: so much is shared by those who keep too little for their end to help anybody.
    private const int SmallShare = 16;

    /// <summary>Until so many bytes wait, or only those are left who keep little: less than an equal share of a sixteenth.</summary>
    public void ShedTo(long waiting) =>
        ShedTo(waiting, () => account.Bytes, static holder => holder.WaitingBytes, holders => waiting / SmallShare / holders, static holder => holder.PendingBytes);

    /// <summary>Until connections own so little that both columns of the account are below this, or none is left that owns much.</summary>
    public void ShedHoldersTo(long total) =>
        ShedTo(total, () => account.TotalBytes, static holder => holder.HeldBytes + holder.WaitingBytes, static _ => HeavyBytes, static holder => holder.HeldBytes + holder.PendingBytes);

    /// <summary>One pass over those for whom the kernel holds the most, since its buffers count against the budget too.</summary>
    public void ShedKernelBuffers()
    {
        foreach (var connection in Largest(registry.All(), static connection => connection.ReadKernelState()?.UnacknowledgedBytes ?? 0, static _ => KernelBacklogBytes))
            Shed(connection);
    }

    /// <param name="bound">What is to be left.</param>
    /// <param name="left">What there is.</param>
    /// <param name="size">A holder's part of it.</param>
    /// <param name="above">What a part must be above to be given up, by how many have one.</param>
    /// <param name="later">
    /// Of that part what comes back only when the holder is gone, within <c>Gateway:Transport:CloseTimeout</c>: nobody else need go for it.
    /// </param>
    private void ShedTo(long bound, Func<long> left, Func<IMemoryHolder, long> size, Func<int, long> above, Func<IMemoryHolder, long> later)
    {
        long goes = 0;
        while (left() - goes > bound)
        {
            var largest = Largest(All(), size, above);
            if (largest.Count == 0)
                return;
            foreach (var holder in largest)
            {
                goes += later(holder);
                Shed(holder);
                if (left() - goes <= bound)
                    return;
            }
        }
    }

    private IEnumerable<IMemoryHolder> All() => registry.All().Concat(handshakes?.Invoke() ?? []);

    /// <summary>Largest first, of those that are not ending already.</summary>
    private static List<T> Largest<T>(IEnumerable<T> holders, Func<T, long> size, Func<int, long> above)
        where T : IMemoryHolder
    {
        var largest = new PriorityQueue<T, long>(PerPass + 1); // the least of them first
        var count = 0;
        foreach (var holder in holders)
        {
            var bytes = holder.IsEnding ? 0 : size(holder);
            if (bytes <= 0)
                continue;
            count++;
            if (largest.Count < PerPass)
                largest.Enqueue(holder, bytes);
            else
                largest.EnqueueDequeue(holder, bytes);
        }

        var ordered = new List<T>(largest.Count);
        var least = above(Math.Max(1, count));
        while (largest.TryDequeue(out var holder, out var bytes))
        {
            if (bytes > least)
                ordered.Add(holder);
        }

        ordered.Reverse();
        return ordered;
    }

    private void Shed(IMemoryHolder holder)
    {
        var before = holder.WaitingBytes + holder.HeldBytes;
        if (!holder.Shed())
            return;
        metrics.ShedConnections.Add(1);
        metrics.ShedBytes.Add(before);
    }
}
