using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// Steps of handshakes, run on the pool but on half of the cores at most: the others stay free for connections that are open. First steps
/// and later ones take turns, so that who has answered is not behind all who have only begun.
/// </summary>
internal sealed class TlsHandshakeQueue(FaultReporter faults) : IThreadPoolWorkItem
{
    private static readonly int MaxWorkers = Math.Max(1, Environment.ProcessorCount / 2);

    // A first step costs about a millisecond: so many are an eighth of a second's work.
    private static readonly int EnoughSteps = 128 * MaxWorkers;

    private readonly ConcurrentQueue<TlsHandshake> _first = new();
    private readonly ConcurrentQueue<TlsHandshake> _later = new();
    private int _workers;
    private int _turns;

    /// <summary>So many wait to begin that a further one would only wait too: it is not places that are wanting, but cores.</summary>
    public bool HasEnough => _first.Count >= EnoughSteps;

    public void Post(TlsHandshake handshake)
    {
        (handshake.HasBegun ? _later : _first).Enqueue(handshake);
        TryStartWorker();
    }

    /// <summary>One step a turn: what else waits for a pool thread has its turn in between.</summary>
    public void Execute()
    {
        if (TryDequeue(out var handshake))
        {
            try
            {
                handshake.Step();
            }
#pragma warning disable CA1031 // A fault ends this handshake, not the process.
            catch (Exception e)
#pragma warning restore CA1031
            {
                faults.Report(e);
                handshake.OnFault();
            }

            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        Interlocked.Decrement(ref _workers);
        // A step may have been posted just before, by somebody who saw all workers busy.
        if (!_first.IsEmpty || !_later.IsEmpty)
            TryStartWorker();
    }

    private bool TryDequeue([NotNullWhen(true)] out TlsHandshake? handshake)
    {
        var (one, other) = (Interlocked.Increment(ref _turns) & 1) == 0 ? (_first, _later) : (_later, _first);
        return one.TryDequeue(out handshake) || other.TryDequeue(out handshake);
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
