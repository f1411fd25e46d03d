using System.Collections.Concurrent;

namespace Gateway.Core.Transport.Tls;

/// <summary>Steps of handshakes, run on the pool but on half of the cores at most: the others stay free for connections that are open.</summary>
internal sealed class TlsHandshakeQueue : IThreadPoolWorkItem
{
    private static readonly int MaxWorkers = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly ConcurrentQueue<TlsHandshake> _steps = new();
    private int _workers;

    public void Post(TlsHandshake handshake)
    {
        _steps.Enqueue(handshake);
        TryStartWorker();
    }

    /// <summary>One step a turn: what else waits for a pool thread has its turn in between.</summary>
    public void Execute()
    {
        if (_steps.TryDequeue(out var handshake))
        {
            handshake.Step();
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        Interlocked.Decrement(ref _workers);
        // A step may have been posted just before, by somebody who saw all workers busy.
        if (!_steps.IsEmpty)
            TryStartWorker();
    }

    private void TryStartWorker()
    {
        for (var workers = Volatile.Read(ref _workers); workers < MaxWorkers;)
        {
            var seen = Interlocked.CompareExchange(ref _workers, workers + 1, workers);
            if (seen == workers)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            workers = seen;
        }
    }
}
