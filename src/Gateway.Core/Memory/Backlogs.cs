using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Memory;

/// <summary>Gives up the largest first, whatever it is that they keep: the fewest clients lose something, and those who keep little lose nothing.</summary>
internal sealed class Backlogs(ConnectionRegistry registry, MemoryAccount account, GatewayMetrics metrics)
{
    // Looked for in one pass over the connections, and given up before the next one is made.
    private const int PerPass = 64;

    // What the kernel holds for a client that reads is some tens of kilobytes at most.
    private const int KernelBacklogBytes = 32 * 1024;

    // Twice what a TLS session takes: whoever has no more is a client like any other, and is left alone.
    private const int HeavyBytes = 64 * 1024;

    /// <summary>Until so many bytes wait, or nothing is left to give up.</summary>
    public void ShedTo(long waiting)
    {
        // Comes back when a connection that was given up is gone, within Gateway:Transport:CloseTimeout: nobody else need go for it.
        long goes = 0;
        while (account.Bytes - goes > waiting)
        {
            var largest = Largest(static connection => connection.WaitingBytes, above: 0);
            if (largest.Count == 0)
                return;
            foreach (var connection in largest)
            {
                goes += connection.PendingBlockBytes;
                Shed(connection);
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
            var largest = Largest(static connection => connection.HeldBytes + connection.WaitingBytes, HeavyBytes);
            if (largest.Count == 0)
                return;
            foreach (var connection in largest)
            {
                goes += connection.HeldBytes + connection.PendingBlockBytes;
                Shed(connection);
                if (account.TotalBytes - goes <= total)
                    return;
            }
        }
    }

    /// <summary>One pass over those for whom the kernel holds the most, since its buffers count against the budget too.</summary>
    public void ShedKernelBuffers()
    {
        foreach (var connection in Largest(static connection => connection.ReadKernelState()?.UnacknowledgedBytes ?? 0, KernelBacklogBytes))
            Shed(connection);
    }

    /// <summary>Largest first, of those that are not ending already.</summary>
    private List<Connection> Largest(Func<Connection, long> size, long above)
    {
        var largest = new PriorityQueue<Connection, long>(PerPass + 1); // the least of them first
        foreach (var connection in registry.All())
        {
            var bytes = connection.State < ConnectionState.Closing ? size(connection) : 0;
            if (bytes <= above)
                continue;
            if (largest.Count < PerPass)
                largest.Enqueue(connection, bytes);
            else
                largest.EnqueueDequeue(connection, bytes);
        }

        var ordered = new List<Connection>(largest.Count);
        while (largest.TryDequeue(out var connection, out _))
            ordered.Add(connection);
        ordered.Reverse();
        return ordered;
    }

    private void Shed(Connection connection)
    {
        var before = connection.WaitingBytes + connection.HeldBytes;
        if (!connection.Shed())
            return;
        metrics.ShedConnections.Add(1);
        metrics.ShedBytes.Add(before);
    }
}
