using System.Net;
using System.Runtime.CompilerServices;
using Gateway.Load.Client;
using Gateway.Load.Streams;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>What an honest newcomer does. Null: it got what is its own; else what it got in place of it.</summary>
/// <param name="target">Where the attackers are too.</param>
/// <param name="source">Where it comes from.</param>
/// <param name="number">No other has had it.</param>
/// <param name="cancellation">It goes home.</param>
internal delegate Task<string?> Probe(IPEndPoint target, IPAddress source, int number, CancellationToken cancellation);

/// <summary>Newcomers, one a second, and what they get.</summary>
internal sealed class FloodProbes(Probe probe, IPEndPoint target)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly IPAddress Source = new([127, 0, 12, 1]);

    // Of all probes: no two ask for the same channel.
    private static readonly StrongBox<int> Number = new();

    private readonly List<Task<ProbeResult>> _probes = [];
    private readonly Timetable _timetable = new(perSecond: 1, Loop.Clock.GetTimestamp());

    /// <summary>Each turn: sends whoever is due.</summary>
    public void GoOn()
    {
        while (_timetable.TryTake(Loop.Clock.GetTimestamp(), out _))
            _probes.Add(Task.Run(RunAsync));
    }

    /// <summary>Waits for those under way.</summary>
    public ProbeResult[] Results(Loop loop)
    {
        var all = Task.WhenAll(_probes);
        loop.RunUntil(() => all.IsCompleted, Patience + Patience);
        return all.IsCompletedSuccessfully ? all.Result : throw new LoadException($"A newcomer did not come back. {all.Exception?.GetBaseException().Message}");
    }

    private async Task<ProbeResult> RunAsync()
    {
        var start = Loop.Clock.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience);
        string? wrong;
        try
        {
            wrong = await probe(target, Source, Interlocked.Increment(ref Number.Value), patience.Token);
        }
        catch (EndedException e)
        {
            wrong = e.Message;
        }
        catch (OperationCanceledException)
        {
            wrong = "nothing";
        }

        return new ProbeResult(Loop.Clock.GetElapsedTime(start).TotalSeconds, wrong);
    }
}

/// <param name="Seconds">That it took.</param>
/// <param name="Wrong">Null: nothing was.</param>
internal readonly record struct ProbeResult(double Seconds, string? Wrong);
