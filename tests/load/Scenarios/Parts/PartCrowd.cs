using Gateway.Load.Client;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>All attackers: each comes back when it is ended, as fast as they all together may.</summary>
internal sealed class PartCrowd(PartSettings settings, PartCount count)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var turns = new SemaphoreSlim(0);
        var attackers = Enumerable.Range(0, settings.Sockets).Select(number => ComeAgainAsync(number, turns, cancellation)).ToArray();
        var timetable = new Timetable(settings.Rate, Loop.Clock.GetTimestamp());
        while (!cancellation.IsCancellationRequested)
        {
            var due = 0;
            for (var now = Loop.Clock.GetTimestamp(); timetable.TryTake(now, out _);)
                due++;
            // What this program had no time for is not made up for in one blow.
            if (due > 0 && turns.CurrentCount < settings.Rate)
                turns.Release(due);
            await Task.Delay(Look, CancellationToken.None);
        }

        await Task.WhenAll(attackers);
    }

    private async Task ComeAgainAsync(int number, SemaphoreSlim turns, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await turns.WaitAsync(cancellation);
                await new PartAttacker(settings.KindOf(number), number, settings, count).LiveAsync(cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }
}
