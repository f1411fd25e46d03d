using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Memory;

/// <summary>Gives up the largest first, whatever it is that they keep: the fewest clients lose something, and those who keep little lose nothing.</summary>
/// <param name="registry">The connections.</param>
/// <param name="account">What is to come back.</param>
/// <param name="metrics">Counts who was given up.</param>
/// <param name="handshakes">TLS handshakes that are not over; null: there are none.</param>
internal sealed class Backlogs(ConnectionRegistry registry, MemoryAccount account, GatewayMetrics metrics, Func<IEnumerable<IMemoryHolder>>? handshakes = null)
{
    // Looked for in one pass over the connections, and given up before the next one is made.
    private const int PerPass = 64;

    // What the kernel holds for a client that reads is some tens of kilobytes at most.
    private const int KernelBacklogBytes = 32 * 1024;

    // Half as much again as a TLS handshake takes: whoever has no more is a client like any other, and is left alone.
    private const int HeavyBytes = 96 * 1024;

    /// <summary>Until so many bytes wait, or nothing is left to give up.</summary>
    public void ShedTo(long waiting)
    {
        // Comes back when a connection that was given up is gone, within Gateway:Transport:CloseTimeout: nobody else need go for it.
        long goes = 0;
        while (account.Bytes - goes > waiting)
        {
            var largest = Largest(All(), static holder => holder.WaitingBytes, above: 0);
            if (largest.Count == 0)
                return;
            foreach (var holder in largest)
            {
                goes += holder.PendingBytes;
                Shed(holder);
                if (account.Bytes - goes <= waiting)
                    return;
            }
        }
    }

    /// <summary>Until connections own so little that both columns of the account are below this, or none is left that owns much.</summary>
    public void ShedHoldersTo(long total)
    {
        // What a connection owns comes back when it is gone.
        long goes = 0;
        while (account.TotalBytes - goes > total)
        {
            var largest = Largest(All(), static holder => holder.HeldBytes + holder.WaitingBytes, HeavyBytes);
            if (largest.Count == 0)
                return;
            foreach (var holder in largest)
            {
                goes += holder.HeldBytes + holder.PendingBytes;
                Shed(holder);
                if (account.TotalBytes - goes <= total)
                    return;
            }
        }
    }

    /// <summary>One pass over those for whom the kernel holds the most, since its buffers count against the budget too.</summary>
    public void ShedKernelBuffers()
    {
        foreach (var connection in Largest(registry.All(), static connection => connection.ReadKernelState()?.UnacknowledgedBytes ?? 0, KernelBacklogBytes))
            Shed(connection);
    }

    private IEnumerable<IMemoryHolder> All() => registry.All().Concat(handshakes?.Invoke() ?? []);

    /// <summary>Largest first, of those that are not ending already.</summary>
    private static List<T> Largest<T>(IEnumerable<T> holders, Func<T, long> size, long above)
        where T : IMemoryHolder
    {
        var largest = new PriorityQueue<T, long>(PerPass + 1); // the least of them first
        foreach (var holder in holders)
        {
            var bytes = holder.IsEnding ? 0 : size(holder);
            if (bytes <= above)
                continue;
            if (largest.Count < PerPass)
                largest.Enqueue(holder, bytes);
            else
                largest.EnqueueDequeue(holder, bytes);
        }

        var ordered = new List<T>(largest.Count);
        while (largest.TryDequeue(out var holder, out _))
            ordered.Add(holder);
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
