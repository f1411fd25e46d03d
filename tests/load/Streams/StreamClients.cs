using System.Collections.Concurrent;
using Gateway.Load.Client;

namespace Gateway.Load.Streams;

/// <summary>Many clients on streams. What they cost does not matter; what they cost the server does.</summary>
internal sealed class StreamClients(Loop loop, StreamClientSettings settings) : IDisposable
{
    // Enough to keep the server busy while handshakes travel; more would only wait.
    private const int AtOnce = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentBag<StreamClient> _clients = [];

    /// <summary>Opens clients until there are so many.</summary>
    /// <exception cref="LoadException">Not all could be opened.</exception>
    public void OpenUpTo(int count)
    {
        using var stop = new CancellationTokenSource(Patience);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop.Token };
        var opening = Parallel.ForEachAsync(
            Enumerable.Range(0, count - _clients.Count), options, async (_, cancellation) => _clients.Add(await StreamClient.OpenAsync(settings, cancellation)));
        try
        {
            // Interrupted, the opening must not outlive this call.
            loop.RunUntil(() => opening.IsCompleted, Patience);
        }
        finally
        {
            stop.Cancel();
        }

        if (!opening.IsCompletedSuccessfully)
            throw new LoadException($"Of {count} connections {_clients.Count} are open: {opening.Exception?.GetBaseException().Message ?? "they take too long."}");
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }
}
