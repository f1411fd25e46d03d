using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Streams;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>Clients that were there before, and go on pinging at their times whatever happens.</summary>
internal sealed class HonestPings : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly JsonClient[] _clients;
    private readonly double _perSecond;
    private readonly Task[] _pinging;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly Latency _latency = new();
    private readonly long[] _askedAt; // timestamp from which each waits for its answer; 0: it does not wait
    private long _answers;
    private volatile string? _firstEnd;

    public HonestPings(Loop loop, IPEndPoint target, bool isTls, int count, double perSecond)
    {
        _perSecond = perSecond;
        _askedAt = new long[count];
        var opening = Task.WhenAll(Enumerable.Range(0, count).Select(number => JsonClient.OpenAsync(target, RawSocket.SourceOf(number), isTls, _end.Token)));
        if (!loop.RunUntil(() => opening.IsCompleted, Patience) || !opening.IsCompletedSuccessfully)
            throw new LoadException($"Not every honest client is let in: {opening.Exception?.GetBaseException().Message}");
        _clients = opening.Result;
        var start = Loop.Clock.GetTimestamp();
        _pinging = [.. Enumerable.Range(0, count).Select(number => PingAsync(number, start + (long)(Loop.Clock.TimestampFrequency / perSecond / count * number)))];
    }

    /// <summary>Those whose connection stands.</summary>
    public int Open => _pinging.Count(task => !task.IsCompleted);

    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Why the first that ended did; null: none has.</summary>
    public string? FirstEnd => _firstEnd;

    /// <summary>What was measured until now does not count.</summary>
    public void Begin()
    {
        lock (_gate)
            _latency.Reset();
    }

    /// <summary>Milliseconds that so many percent did not pass; those who still wait for their answer count with the time until now.</summary>
    public double Percentile(double percent)
    {
        var now = Loop.Clock.GetTimestamp();
        var all = new Latency();
        lock (_gate)
            all.Add(_latency);
        for (var number = 0; number < _askedAt.Length; number++)
        {
            if (Interlocked.Read(ref _askedAt[number]) is > 0 and var askedAt)
                all.Record(askedAt, now);
        }

        return all.Percentile(percent);
    }

    public void Dispose()
    {
        _end.Cancel();
        Task.WaitAll(_pinging);
        foreach (var client in _clients)
            client.Dispose();
        _end.Dispose();
    }

    private async Task PingAsync(int number, long start)
    {
        var timetable = new Timetable(_perSecond, start);
        var answeredAt = 0L;
        try
        {
            for (var id = 1; ; id++)
            {
                long now, intended;
                while (!timetable.TryTake(now = Loop.Clock.GetTimestamp(), out intended))
                    await Task.Delay(Loop.Clock.GetElapsedTime(now, timetable.Next) + TimeSpan.FromMilliseconds(1), _end.Token);
                // Late by the node's last answer, it counts from its time; late by this machine's timer, from now.
                var askedAt = answeredAt > intended ? intended : now;
                Interlocked.Exchange(ref _askedAt[number], askedAt);
                await _clients[number].PingAsync(id, _end.Token);
                answeredAt = Loop.Clock.GetTimestamp();
                lock (_gate)
                    _latency.Record(askedAt, answeredAt);
                Interlocked.Exchange(ref _askedAt[number], 0);
                Interlocked.Increment(ref _answers);
            }
        }
        catch (EndedException e)
        {
            Interlocked.Exchange(ref _askedAt[number], 0); // it is counted as ended
            _firstEnd ??= e.Message;
        }
        catch (OperationCanceledException)
        {
            // The scenario is over.
        }
    }
}
