using Gateway.Core.Connections;

namespace Gateway.Core.Diagnosis;

/// <summary>
/// Looks for the connections that most waits for: one pass over the registry, which keeps the worst and asks the kernel for two numbers of
/// each connection. One at a time, on the pool.
/// </summary>
#pragma warning disable CA1001 // A semaphore that nobody waits for by a handle owns none.
internal sealed class LaggingScan(ConnectionRegistry registry, EndedConnections ended, string node)
#pragma warning restore CA1001
{
    /// <summary>At most so many are asked for: an answer of 400 bytes each stays far below what a node may send another.</summary>
    public const int MaxLimit = 100;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The worst, in order; those for whom nothing waits are none.</summary>
    public async Task<IReadOnlyList<LaggingConnection>> WorstAsync(int limit, CancellationToken cancellationToken)
    {
        // Two system calls a connection: many who ask at once must not take many cores.
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Worst(limit), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private List<LaggingConnection> Worst(int limit)
    {
        var worst = new PriorityQueue<Connection, long>(limit + 1); // the least of them first
        foreach (var connection in registry.All())
        {
            var behind = connection.QueuedBytes + (connection.ReadKernelState()?.UnacknowledgedBytes ?? 0);
            if (behind == 0)
                continue;
            if (worst.Count < limit)
                worst.Enqueue(connection, behind);
            else
                worst.EnqueueDequeue(connection, behind);
        }

        // Asked again: numbers that belong together, of the few that are told.
        return [.. worst.UnorderedItems
            .Select(item => LaggingConnection.Of(item.Element, node, (ended.Find(item.Element.Id)?.Dropped ?? 0) + item.Element.ReadSkips().Sum(skips => skips.Dropped)))
            .OrderByDescending(connection => connection.BehindBytes)];
    }
}
